import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { problemOfCall } from "../../support/cli-commands";

const folder = join(__dirname, "../../../examples/ci");

const step = z.strictObject({
  name: z.string().optional(),
  uses: z
    .string()
    .regex(/^[\w.-]+\/[\w.-]+@v\d+$/)
    .optional(),
  with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  run: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
});

/** A workflow of GitHub Actions as far as ours go. */
const workflow = z.strictObject({
  name: z.string(),
  on: z.union([z.string(), z.record(z.string(), z.unknown())]),
  permissions: z.record(z.string(), z.enum(["read", "write"])),
  concurrency: z.strictObject({ group: z.string(), "cancel-in-progress": z.boolean() }).optional(),
  jobs: z.record(
    z.string(),
    z.strictObject({
      if: z.string().optional(),
      "runs-on": z.array(z.string()),
      environment: z.string().optional(),
      "timeout-minutes": z.int(),
      env: z.record(z.string(), z.string()).optional(),
      steps: z.array(step.refine(({ uses, run: command }) => (uses === undefined) !== (command === undefined))),
    }),
  ),
});

const workflows = readdirSync(folder).map((file) => {
  const document = parseDocument(readFileSync(join(folder, file), "utf8"));
  return { file, errors: [...document.errors, ...document.warnings], content: document.toJS() as unknown };
});

/** The commands of this package that a workflow runs, as words. */
function commands(content: unknown): string[][] {
  return Object.values(workflow.parse(content).jobs)
    .flatMap(({ steps }) => steps.flatMap((each) => each.run?.split("\n") ?? []))
    .filter((line) => line.startsWith("npx pulumi-lvm "))
    .map((line) => line.trim().split(/\s+/).slice(2));
}

test.each(workflows)("$file is a workflow of GitHub Actions", ({ errors, content }) => {
  expect(errors).toEqual([]);
  expect(workflow.safeParse(content).error).toBeUndefined();
});

const used = [...new Set(workflows.flatMap(({ content }) => commands(content).map((words) => words.join(" "))))];

test("preview on a pull request, up on main, check at night, and policy files in both", () => {
  const by = (file: string) => workflow.parse(workflows.find((each) => each.file === file)?.content);
  expect(by("preview.yml").on).toBe("pull_request");
  expect(by("up.yml").on).toEqual({ push: { branches: ["main"] } });
  expect(by("backup-check.yml").on).toMatchObject({ schedule: [{ cron: expect.any(String) }] });
  expect(used).toEqual(["check --stack prod --max-age 26h --verified-within 7d", "policy check backup-policies.yaml"]);
});

test.each(used)("npx pulumi-lvm %s: the command and its options exist", (line) => {
  expect(problemOfCall(line.split(" "))).toBeUndefined();
});
