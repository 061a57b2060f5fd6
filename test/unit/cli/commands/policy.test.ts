import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Each test starts the command, which takes seconds on a busy machine.
jest.setTimeout(60_000);

const repository = join(__dirname, "../../../..");
const folder = mkdtempSync(join(tmpdir(), "pulumi-lvm-policy-"));
afterAll(() => rmSync(folder, { recursive: true }));

writeFileSync(
  join(folder, "good.yaml"),
  "policies:\n  - { name: gold, volumes: [data], schedule: '02:30', timeZone: Asia/Tokyo, heartbeatUrl: 'https://hc/s3cret' }\n",
);
writeFileSync(join(folder, "bad.yaml"), "policies:\n  - { name: gold, volumes: [data], schedule: 25:00 }\n");

/** The command as a user runs it, in a folder without a stack. */
function policy(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = [
    "--import",
    join(repository, "node_modules/tsx/dist/loader.mjs"),
    join(repository, "cli/main.ts"),
    "policy",
    ...args,
  ];
  const env = { ...process.env, TZ: "UTC", FORCE_COLOR: "0" };
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: folder, env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

describe("pulumi-lvm policy check", () => {
  test("exits with 0 and shows the next three runs in the policy's time zone", async () => {
    const { code, stdout, stderr } = await policy("check", "good.yaml");
    expect([code, stderr]).toEqual([0, ""]);
    const run = "\\w{3} \\d{4}-\\d\\d-\\d\\d 02:30:00 \\+09:00";
    expect(stdout).toMatch(
      new RegExp(`^POLICY .*\\ngold +02:30 +Asia/Tokyo +${run} +up to 5m later +1d2h24m\\n +${run}\\n +${run}\\n$`),
    );
  });

  test("--json has the runs in UTC and what timers get, and no secret", async () => {
    const { code, stdout } = await policy("check", "good.yaml", "--json");
    expect(code).toBe(0);
    const { policies, problems } = JSON.parse(stdout) as { policies: { nextRuns: string[] }[]; problems: unknown[] };
    expect(policies).toEqual([
      expect.objectContaining({
        file: "good.yaml",
        name: "gold",
        onCalendar: ["*-*-* 02:30:00 Asia/Tokyo"],
        jitterSeconds: 300,
      }),
    ]);
    expect(policies[0]?.nextRuns).toEqual(Array(3).fill(expect.stringMatching(/T17:30:00\.000Z$/)));
    expect(problems).toEqual([]);
    expect(stdout).not.toContain("s3cret");
  });

  test("exits with 1 and the errors of all files, beside the policies of good ones", async () => {
    const { code, stdout, stderr } = await policy("check", "bad.yaml", "good.yaml", "none.yaml");
    expect(code).toBe(1);
    expect(stdout).toContain("gold");
    expect(stderr.split("\n")).toEqual([
      'Cannot use policy file "bad.yaml"',
      "Set right what is listed here:",
      expect.stringMatching(/^bad\.yaml:2:46: policies\[0\]\.schedule: Cannot use schedule "25:00": /),
      'Cannot use policy file "none.yaml"',
      "Set right what is listed here:",
      expect.stringMatching(/^none\.yaml: does not exist/),
      "",
    ]);
    const { problems } = JSON.parse((await policy("check", "bad.yaml", "none.yaml", "--json")).stdout) as {
      problems: object[];
    };
    expect(problems).toEqual([
      expect.objectContaining({ file: "bad.yaml", line: 2, column: 46, path: "policies[0].schedule" }),
      expect.objectContaining({ file: "none.yaml", path: "" }),
    ]);
  });

  test.each([
    ["no file", ["check"]],
    ["an unknown option", ["check", "--nope", "good.yaml"]],
    ["no command", []],
  ])("exits with 2 on %s", async (_name, args) => {
    expect((await policy(...args)).code).toBe(2);
  });
});
