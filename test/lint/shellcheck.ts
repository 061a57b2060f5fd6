import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type ComposedScript, composedScripts, holdsFragment, type Origin, originOf } from "./composed-scripts.js";
import { requireShellcheck } from "./require-shellcheck.js";

// Lints the shell scripts as they run: those of the provider are fragments, which only make sense composed.

const repository = join(__dirname, "../..");

const report = z.object({
  comments: z.array(z.object({ line: z.int(), level: z.string(), code: z.int(), message: z.string() })),
});

interface Finding extends Origin {
  readonly text: string;
  readonly code: number;
}

/** Rules about what nothing uses: in a fragment that scripts share they hold only if no script uses it. */
const UNUSED = new Set([2034, 2317, 2329]);

/** The shell that a script is written for, by its first line. POSIX sh when it does not say. */
const dialectOf = (text: string): "bash" | "sh" => (/^#!.*\bbash\b/.test(text) ? "bash" : "sh");

function lint(text: string, locate: (line: number) => Origin): Finding[] {
  const argv = ["--norc", "-s", dialectOf(text), "-S", "style", "-f", "json1", "-"];
  const { status, stdout, stderr } = spawnSync("shellcheck", argv, { input: text, encoding: "utf8" });
  if (status !== 0 && status !== 1) throw new Error(`shellcheck ended with exit code ${status}: ${stderr}`);
  return report.parse(JSON.parse(stdout)).comments.map(({ line, level, code, message }) => {
    const origin = locate(line);
    return { ...origin, code, text: `${origin.file}:${origin.line}: ${level}: ${message} (SC${code})` };
  });
}

/** What is wrong with the fragments, each finding once. */
function lintComposed(scripts: readonly ComposedScript[]): string[] {
  const perScript = scripts.map(({ title, text }) =>
    lint(text, (line) => originOf(text, line) ?? { file: `composed script of ${title}`, line }),
  );
  const counts = new Map<string, number>();
  for (const finding of perScript.flat()) counts.set(finding.text, (counts.get(finding.text) ?? 0) + 1);
  const isReal = ({ file, code, text }: Finding) =>
    !UNUSED.has(code) || counts.get(text) === scripts.filter((script) => holdsFragment(script.text, file)).length;
  return [
    ...new Set(
      perScript
        .flat()
        .filter(isReal)
        .map(({ text }) => text),
    ),
  ];
}

function main(): number {
  requireShellcheck();
  const composed = composedScripts();
  const files = readdirSync(join(repository, "test"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".sh"))
    .map((path) => join("test", path));
  if (existsSync(join(repository, ".ci/run"))) files.push(".ci/run");
  const findings = [
    ...lintComposed(composed),
    ...files.flatMap((file) =>
      lint(readFileSync(join(repository, file), "utf8"), (line) => ({ file, line })).map(({ text }) => text),
    ),
  ];
  for (const finding of findings) console.error(finding);
  console.log(`shellcheck: ${composed.length} composed scripts and ${files.length} files checked`);
  return findings.length === 0 ? 0 : 1;
}

process.exitCode = main();
