import { execFileSync } from "node:child_process";
import { shellLibrary } from "../../../../../provider/hosts/script/script.js";

const members = (output: string, ...paths: string[]): string[] =>
  execFileSync("/bin/sh", ["-c", `NONCE=x\n${shellLibrary()}\noutcome_members "$@"`, "sh", ...paths], {
    input: output,
    stdio: "pipe",
    encoding: "utf8",
  })
    .trimEnd()
    .split("\n");

describe("outcome_members", () => {
  const progress = '{"progress": {"phase": "restore", "bytesDone": 1, "bytesTotal": 2}}\n';
  const outcome = { recoveryPoint: { time: "2026-11-26", id: "0123abcd" }, sizeBytes: 2 ** 40, again: false };

  test("reads the last line of the program, whatever its order and blanks", () => {
    for (const line of [
      JSON.stringify({ outcome }),
      `{ "outcome" :${JSON.stringify(outcome, null, " ").replaceAll("\n", "")} }`,
    ])
      expect(members(`${progress}${line}\n`, "recoveryPoint.id", "sizeBytes", "again")).toEqual([
        "0123abcd",
        "1099511627776",
        "false",
      ]);
  });

  test("fails where there is no outcome", () => {
    expect(() => members('{"failure": {"code": "full"}}\n', "sizeBytes")).toThrow("KeyError");
  });
});
