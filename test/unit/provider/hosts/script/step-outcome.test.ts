import { ScriptError } from "../../../../../provider/hosts/errors.js";
import { stepOutcome } from "../../../../../provider/hosts/script/step-outcome.js";

const step = { title: "back up volume", script: "x", call: "x", variables: {}, machineId: "" };
const outcome = (exit: number, stdout: string, stderr = "") =>
  stepOutcome("db1", step, 0, [
    { label: "step 0", stdout, stderr },
    { label: `exit ${exit}`, stdout: "", stderr: "" },
  ]);

describe("stepOutcome", () => {
  test("gives the facts that a step reported, the last of each", () => {
    const facts = outcome(0, '{"report": {"id": "1"}}\nnoise\n{"report": {"id": "2"}}\n{"report": {"event": "abc"}}\n');
    expect(facts).toEqual(
      new Map([
        ["id", "2"],
        ["event", "abc"],
      ]),
    );
  });

  test("takes what a program said at its end, past its progress", () => {
    const lines = '{"progress": {"phase": "send"}}\n{"outcome": {"id": "p1", "sizeBytes": 5}}\n';
    expect(outcome(0, `{"report": {"id": "1"}}\n${lines}`)).toEqual(
      new Map([
        ["id", "1"],
        ["outcome", '{"id":"p1","sizeBytes":5}'],
      ]),
    );
  });

  test("makes an error of a lock that the step did not get", () => {
    const failure = { code: "busy", detail: "another run has held the lock", next: "Wait" };
    const sections = [{ label: "lock 0", stdout: `${JSON.stringify({ failure })}\n`, stderr: "" }];
    expect(stepOutcome("db1", step, 0, sections)).toMatchObject({
      code: "busy",
      message: 'Cannot back up volume on host "db1": another run has held the lock\nWait',
    });
  });

  test("makes an error of a program's failure, with its code, its words and its way out", () => {
    const failure = { code: "full", summary: "Cannot take a snapshot", detail: "the pool is full", next: "Grow it" };
    const error = outcome(1, `{"progress": {}}\n{"failure": ${JSON.stringify(failure)}}\n`);
    expect(error).toBeInstanceOf(ScriptError);
    expect(error).toMatchObject({
      code: "full",
      message: 'Cannot back up volume on host "db1": Cannot take a snapshot: the pool is full\nGrow it',
    });
  });

  test("names a command that failed, with its exit code and what it said", () => {
    const error = outcome(
      9,
      '{"failure": {"code": "command", "exitCode": 5, "detail": "\\"lvcreate\\" ended with exit code 5"}}\n',
      "No space",
    );
    expect(error).toMatchObject({ code: "command", exitCode: 5, stderr: "No space" });
    expect((error as Error).message).toContain('"lvcreate" ended with exit code 5: No space');
  });

  test("keeps the problem of a refusal in its parts", () => {
    const failure = { code: "foreign", detail: "it is somebody's", next: "Ask them" };
    expect(outcome(9, `${JSON.stringify({ failure })}\n`, "noise of LVM")).toMatchObject({
      code: "foreign",
      problem: { summary: 'Cannot back up volume on host "db1"', detail: "it is somebody's", next: "Ask them" },
    });
  });

  test("takes lines for noise that are no JSON of ours", () => {
    expect(outcome(0, '{\n{"report": 1}\n{"report": {"id": 1}}\n[]\n{"other": true}\n')).toEqual(new Map());
  });

  test("says the exit code of a step that died without a word", () => {
    expect((outcome(3, "") as Error).message).toContain("a command ended with exit code 3");
  });
});
