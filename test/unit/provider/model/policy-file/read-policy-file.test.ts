import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatIssue, PolicyFileError } from "../../../../../provider/model/policy-file/policy-file-error.js";
import { readPolicyFile } from "../../../../../provider/model/policy-file/read-policy-file.js";

const folder = mkdtempSync(join(tmpdir(), "pulumi-lvm-policies-"));
const file = join(folder, "backup-policies.yaml");
afterAll(() => rmSync(folder, { recursive: true }));

const read = (content: string | Uint8Array) => {
  writeFileSync(file, content);
  return readPolicyFile(file);
};

/** What is wrong, as lines that begin with line and column. */
function problems(content: string | Uint8Array): string[] {
  try {
    read(content);
  } catch (error) {
    if (error instanceof PolicyFileError)
      return error.issues.map((each) => formatIssue(each).slice(`${file}:`.length).trim());
    throw error;
  }
  return [];
}

const policy = (...lines: string[]) =>
  ["policies:", "  - name: gold", ...lines.map((line) => `    ${line}`)].join("\n");
const GOOD = ["volumes: [data]", "schedule: daily"];

describe("a good file", () => {
  test("gives its policies with defaults and positions", () => {
    const [gold, silver, ...more] = read(
      `${policy("match: { tier: gold }", "schedule: 02:30", "target: offsite")}\n  - volumes: [a, b]\n    schedule: 0 3 * * 1\n    name: silver\n`,
    );
    expect(gold).toMatchObject({ name: "gold", match: { tier: "gold" }, target: "offsite", position: `${file}:2:11` });
    expect(gold?.settings).toMatchObject({ schedule: "02:30", timeZone: "UTC", verification: { afterBackup: true } });
    expect(silver).toMatchObject({ name: "silver", volumes: ["a", "b"], position: `${file}:8:11` });
    expect(more).toEqual([]);
  });

  test("may be JSON, and name its schema", () => {
    const json = { $schema: "x.json", policies: [{ name: "gold", volumes: ["data"], schedule: "daily" }] };
    expect(read(JSON.stringify(json))).toHaveLength(1);
    expect(read(JSON.stringify(json, undefined, "\t"))).toHaveLength(1);
  });

  test("may have anchors, a byte order mark, and line ends of Windows", () => {
    const text = `${policy(...GOOD, "retention: &keep", "  daily: 7")}\n  - { name: b, volumes: [b], schedule: daily, retention: *keep }\n`;
    const [, b] = read(`\ufeff${text.replaceAll("\n", "\r\n")}`);
    expect(b?.settings.retention).toEqual({ daily: 7, prune: "weekly" });
  });

  test("may repeat an alias as often as it likes", () => {
    const many = Array.from(
      { length: 300 },
      (_, index) => `  - { name: p${index}, volumes: [b], schedule: daily, retention: *keep }`,
    );
    expect(read([policy(...GOOD, "retention: &keep { daily: 7 }"), ...many].join("\n"))).toHaveLength(301);
  });
});

describe("a wrong field", () => {
  test.each([
    [
      "unknown, and close to one that is known",
      policy(...GOOD, "retenton: {}"),
      '5:5: policies[0].retenton: there is no such field; did you mean "retention"?',
    ],
    [
      "unknown below",
      policy(...GOOD, "hooks:", "  befor: { command: a }", "  after: { command: b }"),
      '6:7: policies[0].hooks.befor: there is no such field; did you mean "before"?',
    ],
    [
      "unknown at the top",
      `${policy(...GOOD)}\nextra: 1`,
      "5:1: extra: there is no such field; fields are $schema, policies",
    ],
    [
      "a merge key",
      policy(...GOOD, "<<: { jitter: 1m }"),
      '5:5: policies[0]."<<": merge keys are no part of YAML 1.2: give each field its own alias',
    ],
    [
      "a number for text",
      policy("volumes: [data]", "schedule: 5"),
      '4:15: policies[0].schedule: must be text such as "daily"',
    ],
    [
      "text for a number",
      policy(...GOOD, 'uploadKiBps: "fast"'),
      "5:18: policies[0].uploadKiBps: must be a whole number of KiB/s",
    ],
    [
      "a list for a block",
      policy(...GOOD, "retention:", "  - daily"),
      "5:5: policies[0].retention: must be a block of fields, but is a list",
    ],
    ["an empty block", policy(...GOOD, "hooks:"), "5:5: policies[0].hooks: must be a block of fields, but is empty"],
    ["YAML 1.1's truth", policy(...GOOD, "catchUp: yes"), "5:14: policies[0].catchUp: must be true or false"],
    [
      "a number as a label",
      policy("match: { tier: 1 }", "schedule: daily"),
      "3:20: policies[0].match.tier: must be text; put quotes around a number, true and false",
    ],
    [
      "a wrong label",
      policy("match:", "  a b: x", "schedule: daily"),
      '4:7: policies[0].match."a b": must be 1 to 63 of A-Z a-z 0-9 _ . -',
    ],
    [
      "no label at all",
      policy("match: {}", "schedule: daily"),
      "3:5: policies[0].match: has no label, and would match every volume: name one",
    ],
    [
      "too large a number",
      policy(...GOOD, "verification: { readDataSubset: { withinDays: 4000 } }"),
      "5:51: policies[0].verification.readDataSubset.withinDays: must be at most 3650 days",
    ],
    ["missing", policy("volumes: [data]"), "2:5: policies[0].schedule: is needed"],
    [
      "missing for choosing volumes",
      policy("schedule: daily"),
      "2:5: policies[0]: is for no volume: give match (labels) or volumes (names)",
    ],
    [
      "there twice",
      policy(...GOOD, "retention:", "  daily: 1", "  daily: 2"),
      "7:7: policies[0].retention.daily: is there twice",
    ],
    [
      "an impossible date",
      policy("volumes: [data]", "schedule: 0 0 30 2 *"),
      '4:15: policies[0].schedule: Cannot use schedule "0 0 30 2 *": no such day exists, so that it never runs',
    ],
    [
      "a past date",
      policy("volumes: [data]", "schedule: 2020-01-01"),
      '4:15: policies[0].schedule: Cannot use schedule "2020-01-01": its last run is in the past',
    ],
    [
      "an unknown time zone",
      policy(...GOOD, "timeZone: Europe/Berlim"),
      '5:15: policies[0].timeZone: must be the name of a time zone in the IANA database, such as "Europe/Berlin"',
    ],
    [
      "against another",
      policy(...GOOD, "maxAge: 12h"),
      "5:13: policies[0].maxAge: must be at least 1d: the schedule has no run for 1d between 2026-01-02T00:00:00Z and 2026-01-03T00:00:00Z",
    ],
    [
      "in an alias",
      `${policy(...GOOD, "retention: &keep", "  daily: 7")}\n  - { name: b, volumes: [b], schedule: daily, hooks: *keep }`,
      "6:7: policies[1].hooks.daily: there is no such field; fields are before, after, onFailure, maxFreeze",
    ],
    ["no policy", "policies: []", "1:1: policies: has no policy"],
    ["no policies", "{}", "1:1: policies: is needed"],
    ["no block at all", "daily", "1:1: must be a block of fields, but is text"],
  ])("is named with its position: %s", (_name, text, problem) => {
    expect(problems(text)).toContain(problem);
  });

  test("that is a secret is not shown", () => {
    const [problem] = problems(policy(...GOOD, "heartbeatUrl: ftp://hc.example.com/s3cret"));
    expect(problem).toMatch(/^5:19: policies\[0\]\.heartbeatUrl: must be an http or https URL/);
    expect(problem).not.toContain("s3cret");
  });

  test("comes with all others, in the order of the text", () => {
    const text = `${policy("volumes: []", "schedule: dayly", "maxAge: 5")}\n  - { name: gold, volumes: [b], schedule: daily, jitter: 1y }\nsurprise: 1`;
    expect(problems(text).map((line) => line.split(":").slice(0, 3).join(":"))).toEqual([
      "3:5: policies[0].volumes",
      "4:15: policies[0].schedule",
      "5:13: policies[0].maxAge",
      "6:13: policies[1].name",
      "6:58: policies[1].jitter",
      "7:1: surprise",
    ]);
  });
});

test("a duplicate name is refused, with the policy that has it", () => {
  const text = `${policy(...GOOD)}\n  - { name: silver, volumes: [b], schedule: daily }\n  - { name: gold, volumes: [c], schedule: daily }`;
  expect(problems(text)).toEqual(["6:13: policies[2].name: is the name of policies[0] too"]);
});

describe("what is no policy file", () => {
  const bomb = [
    "a: &a [x,x,x,x,x,x,x,x,x]",
    ..."bcdefgh".split("").map((key, index) => {
      const last = "abcdefg"[index];
      return `${key}: &${key} [${Array(9).fill(`*${last}`).join(",")}]`;
    }),
  ].join("\n");

  test.each([
    ["an empty file", "", /^is empty: it needs policies$/],
    ["a comment alone", "# none yet\n", /^is empty/],
    ["a YAML bomb", bomb, /^\d:\d+: has aliases for more than 100000 values/],
    ["an alias of itself", "&x\npolicies:\n  - *x\n", /^3:5: the alias \*x is for no value that ends before it$/],
    ["thousands of aliases", `a: &a 1\nb: [${Array(5000).fill("*a").join(",")}]`, /^2:4: has more than 1000 aliases/],
    ["an alias of nothing", "policies: *none", /^1:11: the alias \*none is for no value/],
    ["brackets without end", "[".repeat(500_000), /^is nested too deeply/],
    ["dashes without end", "- ".repeat(500_000), /^is nested too deeply/],
    [
      "blocks without end",
      Array.from({ length: 1200 }, (_, index) => `${" ".repeat(index)}a:`).join("\n"),
      /^is nested too deeply/,
    ],
    ["two documents", `${policy(...GOOD)}\n---\n${policy(...GOOD)}`, /^5:1: a second document begins here/],
    ["an unknown tag", "policies: !run ls", /^1:11: Unresolved tag: !run/],
    ["tabs", "policies:\n\t- name: a", /^2:1: Tabs are not allowed/],
    ["a quote that does not end", 'policies: "a', /^1:\d+: Missing closing "quote/],
    ["another encoding", new Uint8Array([0x70, 0xff, 0xfe]), /^is not UTF-8 text$/],
    ["more than 1 MiB", "#".repeat(2 ** 20 + 1), /^is too large: it has 1048577 bytes, of at most 1048576$/],
  ])("is refused: %s", (_name, content, problem) => {
    expect(problems(content)[0]).toMatch(problem);
  });

  test("is refused: one that is not there, and a folder", () => {
    expect(() => readPolicyFile(join(folder, "none.yaml"))).toThrow("none.yaml: does not exist; paths are relative to");
    expect(() => readPolicyFile(folder)).toThrow(`${folder}: is a folder`);
  });

  test("gives a message of bounded length", () => {
    const many = Array.from({ length: 5000 }, (_, index) => `k${index}: 1`).join("\n");
    expect(problems(many)).toHaveLength(5001);
    expect(() => read(many)).toThrow(/\nand 4951 more$/);
  });

  test("leaves objects as they are: __proto__ is a field that does not exist", () => {
    expect(problems(policy(...GOOD, "__proto__: { polluted: true }"))).toEqual([
      expect.stringContaining("5:5: policies[0].__proto__: there is no such field"),
    ]);
    expect(({} as { polluted?: true }).polluted).toBeUndefined();
  });
});
