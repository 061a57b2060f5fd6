import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  composeScript,
  type Script,
  type Section,
  type Step,
  splitSections,
} from "../../../../../provider/hosts/script/script.js";
import { hostileTexts, isUnicode } from "../../../../support/hostile.js";

const MACHINE_ID = "0123456789abcdef0123456789abcdef";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "script-"));
  mkdirSync(join(directory, "made"));
  writeFileSync(join(directory, "machine-id"), `${MACHINE_ID}\n`);
});
afterEach(() => rmSync(directory, { recursive: true }));

const step = (call: string, variables: Record<string, string> = {}, machineId = ""): Step => ({
  title: call,
  script: "../test/unit/provider/hosts/script/testdata/act",
  call,
  variables: { TARGET: join(directory, "made", call), ...variables },
  machineId,
});

/** A script that keeps its files in the test's own directory, and does not look at this machine. */
function compose(steps: readonly Step[], isLocked = false): Script {
  const { nonce, text } = composeScript(steps, isLocked, false);
  return {
    nonce,
    text: text
      .replaceAll("/etc/machine-id", join(directory, "machine-id"))
      .replaceAll("/run/pulumi-lvm", join(directory, "run")),
  };
}

function shell(input: string | Buffer): { status: number | null; stdout: string; stderr: string } {
  return spawnSync("/bin/sh", ["-s"], { cwd: directory, input, encoding: "utf8" });
}

function run(script: Script): Section[] {
  const { status, stdout, stderr } = shell(script.text);
  expect(status).toBe(0);
  return splitSections(script.nonce, stdout, stderr);
}

const labels = (sections: readonly Section[]): string[] => sections.map(({ label }) => label);
const made = (): string[] => readdirSync(join(directory, "made"));

describe("composeScript", () => {
  test.each([false, true])("runs its steps in order, under the lock of the host: %s", (isLocked) => {
    const sections = run(compose([step("act"), step("act_if_unset")], isLocked));
    const expected = ["step 0", "exit 0", "step 1", "exit 0", "end"];
    expect(labels(sections)).toEqual(isLocked ? ["lock", ...expected] : expected);
    expect(made()).toEqual(["act", "act_if_unset"]);
    expect(existsSync(join(directory, "run/lock"))).toBe(isLocked);
  });

  test("does nothing at all when its text was cut short, at any byte", () => {
    const whole = Buffer.from(compose([step("act", { NOTE: "it's 'Größe' 💾\n" }), step("refuse")], true).text);
    const last = whole.length - 1;
    const sampled = Array.from({ length: 100 }, (_none, index) => Math.floor((index * last) / 100));
    // Around the call every byte counts: "main </dev" is a command too.
    const cuts = [...sampled, ...Array.from({ length: 64 }, (_none, index) => last - 64 + index)];
    const effects = cuts.filter((cut) => {
      const { stdout } = shell(whole.subarray(0, cut));
      const isUntouched = stdout === "" && made().length === 0 && !existsSync(join(directory, "run"));
      for (const each of ["made/act", "run"]) rmSync(join(directory, each), { recursive: true, force: true });
      return !isUntouched;
    });
    expect(effects.map((cut) => whole.subarray(cut - 20, cut).toString())).toEqual([]);
    shell(whole);
    expect(made()).toEqual(["act"]);
  });

  test.each([
    ["refuse", "exit 9"],
    ["break_off", "exit 1"],
    ["leave", "exit 3"],
    ["run_missing", "exit 9"],
    ["complain", "exit 1"],
  ])("a step that fails by %s does not keep the next from running", (call, exit) => {
    const sections = run(compose([step(call), step("act")]));
    expect(labels(sections)).toEqual(["step 0", exit, "step 1", "exit 0", "end"]);
    expect(made()).toEqual(["act"]);
  });

  test("shows what a refusal and a failed command said", () => {
    const sections = run(compose([step("refuse"), step("run_missing"), step("complain")]));
    expect(sections.filter(({ label }) => label.startsWith("step "))).toMatchObject([
      { stdout: `{"failure": {"code": "foreign", "detail": "it is somebody's", "next": "Ask them"}}\n` },
      {
        stdout: `{"failure": {"code": "command", "exitCode": 1, "detail": "\\"false one two\\" ended with exit code 1"}}\n`,
      },
      { stdout: "", stderr: "something is wrong" },
    ]);
  });

  test("a step does not see the variables of another", () => {
    const sections = run(compose([step("act", { LEAKED: "yes" }), step("act_if_unset")]));
    expect(labels(sections)).toEqual(["step 0", "exit 0", "step 1", "exit 0", "end"]);
  });

  test("a value is text, whatever it looks like", () => {
    const value = `'; touch pwned; '$(touch pwned)\`touch pwned\`\n}\nmain </dev/null\n`;
    run(compose([step("act", { VALUE: value })]));
    expect(readdirSync(directory)).not.toContain("pwned");
  });

  // What a script can be given at all: see quote.ts.
  const texts = hostileTexts.filter((text) => isUnicode(text) && !text.includes("\0"));

  test.each(texts)("says %j as one line of JSON", (text) => {
    const [section] = run(compose([step("say", { TEXT: text })]));
    const lines = section?.stdout.trimEnd().split("\n") ?? [];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what cannot stand in a line of JSON
    const shown = text.replace(/[\x00-\x1f\x7f]/g, "?");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { report: { said: shown } },
      { failure: { code: "said", detail: shown, next: shown } },
    ]);
  });

  test("acts on the machine that is meant, and on no other", () => {
    const sections = run(compose([step("act", {}, "f".repeat(32)), step("act_if_unset", {}, MACHINE_ID)]));
    expect(labels(sections)).toEqual(["step 0", "exit 9", "step 1", "exit 0", "end"]);
    expect(sections[0]?.stdout).toContain(
      `{"failure": {"code": "machine", "detail": "the machine there has machine-id ${MACHINE_ID}`,
    );
    expect(made()).toEqual(["act_if_unset"]);
  });

  test("ends with a refusal while another run holds the lock", () => {
    const script = compose([step("act")], true);
    mkdirSync(join(directory, "run"));
    const holder = `exec 9>"${directory}/run/lock"; flock 9; /bin/sh -s 9>&-`;
    const text = script.text.replace(/(lock_or_fail .*) \d+\)/, "$1 0)");
    const { stdout, stderr } = spawnSync("/bin/sh", ["-c", holder], { input: text, encoding: "utf8" });
    const sections = splitSections(script.nonce, stdout, stderr);
    expect(labels(sections)).toEqual(["lock"]);
    expect(sections[0]?.stdout).toContain('{"failure": {"code": "busy"');
    expect(made()).toEqual([]);
  });

  test("a step with a lock of its own waits for that one, while the others of its script run", () => {
    const script = compose([
      { ...step("act"), lock: "one" },
      { ...step("act_if_unset"), lock: "two" },
    ]);
    mkdirSync(join(directory, "run"));
    const holder = `exec 9>"${directory}/run/work-one.lock"; flock 9; /bin/sh -s 9>&-`;
    const text = script.text.replace(/(lock_or_fail .*) \d+\)/g, "$1 0)");
    const { stdout, stderr } = spawnSync("/bin/sh", ["-c", holder], { input: text, encoding: "utf8" });
    const sections = splitSections(script.nonce, stdout, stderr);
    expect(labels(sections)).toEqual(["lock 0", "lock 1", "step 1", "exit 0", "end"]);
    expect(sections[0]?.stdout).toContain('{"failure": {"code": "busy"');
    expect(made()).toEqual(["act_if_unset"]);
    expect(existsSync(join(directory, "run/lock"))).toBe(false);
  });

  test("opens its sections with a word of its own, which output cannot forge", () => {
    const { nonce } = compose([]);
    expect(nonce).toMatch(/^[0-9a-f]{32}$/);
    const sections = run(compose([step("forge", { GUESS: nonce })]));
    expect(labels(sections)).toEqual(["step 0", "exit 4", "end"]);
    expect(sections[0]?.stdout).toContain(`@${nonce} exit 0`);
  });
});

describe("splitSections", () => {
  test("pairs what was printed under each label", () => {
    const stdout = "ignored\n@N one\nfirst\nline\n\n@N two\n";
    const stderr = "motd\n@N one\n\n@N two\n warning \n";
    expect(splitSections("N", stdout, stderr)).toEqual([
      { label: "one", stdout: "first\nline\n", stderr: "" },
      { label: "two", stdout: "", stderr: "warning" },
    ]);
  });

  test("finds none in the output of something else", () => {
    expect(splitSections("N", "bash: command not found\n@M one\n", "")).toEqual([]);
  });

  test("keeps a section whose stderr was lost", () => {
    expect(splitSections("N", "\n@N one\nfirst", "")).toEqual([{ label: "one", stdout: "first", stderr: "" }]);
  });

  test("does not take an end that was cut short for the end", () => {
    expect(labels(splitSections("N", "\n@N step 0\n\n@N end", ""))).not.toContain("end");
  });
});
