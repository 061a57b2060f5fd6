import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LabError } from "./lab-error.js";
import { runProgram } from "./run-program.js";

export interface AptOfOwn {
  /** Its directory, where its programs run; it is removed with all that they leave. */
  directory: string;
  /** Runs `apt-get` or `apt-cache` and returns its stdout. */
  run: (argv: readonly string[], signal: AbortSignal) => Promise<string>;
}

export interface AptRequest {
  /** Lines of its sources.list. */
  sources: readonly string[];
  /** Its other settings, without the semicolon at the end, as `aptOptions()` gives them. */
  options: readonly string[];
  logFile: string;
}

/**
 * Works with an apt that has sources, lists and a cache of its own for the time: it can look at other releases than this
 * machine's, whose apt stays as it is.
 */
export async function withAptOfOwn<T>(
  { sources, options, logFile }: AptRequest,
  work: (apt: AptOfOwn) => Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "lab-apt-"));
  try {
    // apt fetches as a user of its own.
    chmodSync(directory, 0o755);
    const own = ["lists/partial", "cache/archives/partial"];
    for (const name of own) mkdirSync(join(directory, name), { recursive: true });
    const config = join(directory, "apt.conf");
    writeFileSync(config, settings(directory, options));
    writeFileSync(join(directory, "sources.list"), sources.map((line) => `${line}\n`).join(""));
    const env = { APT_CONFIG: config, LC_ALL: "C" };
    const run = (argv: readonly string[], signal: AbortSignal) =>
      withAptsOwnWords(runProgram(argv, { logFile, signal, cwd: directory, env }));
    return await work({ directory, run });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** apt's first error says more than its exit status. */
async function withAptsOwnWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const [, words] = error instanceof LabError ? (/^\s*E: (.+)$/m.exec(error.message) ?? []) : [];
    if (words === undefined) throw error;
    throw new LabError(words, (error as LabError).message, { cause: error });
  }
}

/** In a file, which apt reads first and so knows in time to leave this machine's settings and hooks aside (apt.conf(5)). */
function settings(directory: string, options: readonly string[]): string {
  const own = [
    'Dir::Etc::main "/dev/null"',
    'Dir::Etc::parts "/dev/null"',
    `Dir::Etc::sourcelist "${directory}/sources.list"`,
    'Dir::Etc::sourceparts "-"',
    'Dir::Etc::preferences "/dev/null"',
    'Dir::Etc::preferencesparts "-"',
    `Dir::State::lists "${directory}/lists"`,
    `Dir::Cache "${directory}/cache"`,
    'Acquire::Languages "none"',
    // Its progress on stdout, which reaches the log late, would push its error out of the log's last lines.
    'quiet "2"',
  ];
  return [...own, ...options].map((line) => `${line};\n`).join("");
}
