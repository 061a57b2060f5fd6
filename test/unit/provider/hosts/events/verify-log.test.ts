import { verifyLog } from "../../../../../provider/hosts/events/verify-log.js";
import { append, chain, fileOf, hashOf, members } from "./chain.js";

const ACTIONS = ["create", "attach", "grow", "detach", "tombstone", "reap"];
const log = chain(...ACTIONS);
const at = (line: number): string => log[line - 1] as string;
const without = (...lines: readonly number[]): string[] => log.filter((_line, index) => !lines.includes(index + 1));
const replaced = (line: number, by: string): string[] => log.with(line - 1, by);
/** What somebody who knows the format would write: from a line on, each is named by the one after it. */
const rewritten = (from: number, change: (line: string) => string): string[] => {
  const lines = log.slice(0, from - 1);
  for (const line of [change(at(from)), ...log.slice(from)]) {
    const { prev: _prev, ...event } = JSON.parse(line) as Record<string, unknown>;
    lines.push(append(lines, event).at(-1) as string);
  }
  return lines;
};
const edit = (line: string): string => line.replace("fast/data", "fast/other");

describe("verifyLog of a log that is as it was written", () => {
  test("finds nothing, and reads each event with its hash and line", () => {
    const { events, ...findings } = verifyLog(fileOf(log), []);
    expect(findings).toEqual({ torn: [], broken: undefined, missingAnchors: [] });
    expect(events.map(({ action }) => action)).toEqual(ACTIONS);
    expect(events[1]).toEqual({ ...members("attach"), hash: hashOf(at(2)), line: 2 });
  });

  test("finds nothing in an empty log", () => {
    expect(verifyLog(Buffer.alloc(0), [])).toEqual({ events: [], torn: [], broken: undefined, missingAnchors: [] });
  });

  test("takes a last line whose newline was lost for whole", () => {
    const bytes = fileOf(log);
    expect(verifyLog(bytes.subarray(0, -1), [])).toEqual(verifyLog(bytes, []));
  });

  test("leaves out what is not known yet, and decodes the owner", () => {
    const lines = append([], {
      ...members("create", "begun"),
      uuid: "",
      owner: "organization/shop/prod/volume/my#20data",
    });
    const [event] = verifyLog(fileOf(lines), []).events;
    expect(event?.uuid).toBeUndefined();
    expect(event?.owner).toBe("organization/shop/prod/volume/my data");
  });

  test("reads events of the host's own timer, which have neither stack nor owner", () => {
    const { owner: _owner, ...rest } = members("reap");
    const lines = append(log, { ...rest, actor: { user: "pulumi-lvm-reap" } });
    expect(verifyLog(fileOf(lines), []).events.at(-1)?.actor).toEqual({ user: "pulumi-lvm-reap" });
  });
});

describe("verifyLog of a log that was tampered with", () => {
  test.each<[string, string[], number, string]>([
    ["an edited line", replaced(3, edit(at(3))), 4, "line 3 was changed"],
    ["an edited first line", replaced(1, edit(at(1))), 2, "line 1 was changed"],
    ["a deleted line", without(3), 3, "entries between the two were removed"],
    ["deleted lines", without(2, 3, 4), 2, "entries between the two were removed"],
    ["a deleted first line", without(1), 1, "entries before it were removed"],
    ["swapped lines", log.with(1, at(3)).with(2, at(2)), 2, "entries changed places"],
    [
      "an inserted line that fits the one before",
      [...append(log.slice(0, 3), members("attach")), ...log.slice(3)],
      4,
      "line 4 was put in",
    ],
    [
      "several of them",
      [...append(append(log.slice(0, 3), members("a")), members("b")), ...log.slice(3)],
      4,
      "lines 4 to 5 were put in",
    ],
    ["an inserted copy of a line", [...log.slice(0, 4), at(2), ...log.slice(4)], 5, "line 5 was put in"],
    ["a line put before all others", [...append([], members("create")).map(edit), ...log], 1, "line 1 was put in"],
    ["a line without a hash", replaced(3, JSON.stringify(members("grow"))), 3, "does not name the entry before it"],
    [
      "a line whose hash is no text",
      replaced(3, JSON.stringify({ ...members("grow"), prev: 1 })),
      3,
      "does not name the entry before it",
    ],
    ["a line that is no event", append(log.slice(0, 2), { hello: "world" }), 3, "not an event"],
    ["a line made blank", replaced(3, ""), 4, "line 3 was changed"],
    ["a line turned into something that looks torn", replaced(3, at(3).slice(0, 40)), 4, "line 3 was changed"],
    ["a byte that is no UTF-8", replaced(3, at(3)), 4, "line 3 was changed"],
  ])("names the first entry after %s", (title, lines, line, reason) => {
    const bytes = fileOf(lines);
    if (title === "a byte that is no UTF-8") bytes[bytes.indexOf("grow")] = 0xff;
    const { broken } = verifyLog(bytes, []);
    expect(broken?.line).toBe(line);
    expect(broken?.reason).toContain(reason);
  });

  test("names the first of several", () => {
    const lines = replaced(2, edit(at(2))).with(4, edit(at(5)));
    expect(verifyLog(fileOf(lines), []).broken?.line).toBe(3);
  });

  test("still gives the events, so that somebody can look into it", () => {
    expect(verifyLog(fileOf(replaced(3, edit(at(3)))), []).events).toHaveLength(6);
  });
});

describe("verifyLog with anchors", () => {
  const anchors = [
    { hash: hashOf(at(1)), resource: 'Volume "data"' },
    { hash: hashOf(at(4)), resource: 'Attachment "db-data"' },
  ];

  test("finds nothing while the log holds them", () => {
    expect(verifyLog(fileOf(log), anchors).missingAnchors).toEqual([]);
  });

  test.each<[string, string[], string[]]>([
    ["a whole log written anew", rewritten(1, edit), ['Volume "data"', 'Attachment "db-data"']],
    ["a log written anew from an entry on", rewritten(3, edit), ['Attachment "db-data"']],
    ["a log cut off before an anchor", log.slice(0, 3), ['Attachment "db-data"']],
    ["a log that is gone", [], ['Volume "data"', 'Attachment "db-data"']],
    ["a last entry that was changed", [...log.slice(0, 3), edit(at(4))], ['Attachment "db-data"']],
  ])("names the resources that contradict %s, though its chain holds", (_title, lines, missing) => {
    const { broken, missingAnchors } = verifyLog(fileOf(lines), anchors);
    expect(broken).toBeUndefined();
    expect(missingAnchors.map(({ resource }) => resource)).toEqual(missing);
  });

  test("cannot see that a log was cut off after the last anchor", () => {
    expect(verifyLog(fileOf(log.slice(0, 4)), anchors)).toMatchObject({ broken: undefined, missingAnchors: [] });
  });
});

describe("verifyLog of a log with a line that was cut short", () => {
  const torn = at(3).slice(0, 50);
  const goOn = (lines: readonly string[], lastWhole: string): string[] =>
    append(lines, { ...members("grow"), lastWhole: hashOf(lastWhole) });
  const mended = goOn([...log.slice(0, 2), torn], at(2));

  test("reports the line and accepts it, when the next one names it and the last whole one", () => {
    const found = verifyLog(fileOf(append(mended, members("detach"))), []);
    expect(found).toMatchObject({ torn: [3], broken: undefined });
    expect(found.events.map(({ line }) => line)).toEqual([1, 2, 4, 5]);
  });

  test("accepts one at the end, with or without its newline", () => {
    for (const end of ["", "\n"]) {
      const bytes = Buffer.concat([fileOf(log.slice(0, 2)), Buffer.from(torn + end)]);
      expect(verifyLog(bytes, [])).toMatchObject({ torn: [3], broken: undefined });
    }
  });

  test("accepts one that holds any bytes", () => {
    const garbage = Buffer.from([0, 0, 0xff, 0xfe, 0]);
    const prev = hashOf(garbage);
    const next = JSON.stringify({ ...members("grow"), lastWhole: hashOf(at(2)), prev });
    const bytes = Buffer.concat([fileOf(log.slice(0, 2)), garbage, Buffer.from(`\n${next}\n`)]);
    expect(verifyLog(bytes, [])).toMatchObject({ torn: [3], broken: undefined });
  });

  test("accepts one at the start, and two in a row", () => {
    const first = append([torn], { ...members("create"), lastWhole: "0".repeat(64) });
    expect(verifyLog(fileOf(first), [])).toMatchObject({ torn: [1], broken: undefined });
    const two = goOn([...log.slice(0, 2), torn, torn.slice(0, 9)], at(2));
    expect(verifyLog(fileOf(two), [])).toMatchObject({ torn: [3, 4], broken: undefined });
  });

  test.each<[string, string[]]>([
    ["an entry before it was removed", mended.toSpliced(1, 1)],
    ["an entry before it was changed", mended.with(1, edit(at(2)))],
    ["it was changed itself", mended.with(2, `${torn} `)],
    ["it was put in to hide that", append([...log.slice(0, 1), "x"], members("grow"))],
  ])("finds that %s", (_title, lines) => {
    expect(verifyLog(fileOf(lines), []).broken).toBeDefined();
  });
});
