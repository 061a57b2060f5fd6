import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import type { Deployment } from "./deployment.js";

const main = join(resolve(__dirname, "../../.."), "dist/cli/main.js");

export interface CliResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/**
 * Runs `pulumi-lvm` in the folder of a deployment, as a user would; it finds the stack by itself.
 * @param typed What the user types.
 */
export function pulumiLvm(
  deployment: Pick<Deployment, "directory">,
  args: readonly string[],
  env: Record<string, string> = {},
  typed = "",
): Promise<CliResult> {
  const options = { cwd: deployment.directory, env: { ...process.env, ...env }, maxBuffer: 2 ** 26 };
  return new Promise((done) => {
    const { stdin } = execFile(process.execPath, [main, ...args], options, (error, stdout, stderr) => {
      done({ stdout, stderr, code: error === null ? 0 : Number(error.code) });
    });
    stdin?.end(typed);
  });
}

/**
 * What a command prints with `--json`, when it finds nothing that somebody must look after.
 * @throws {Error} With all that it printed, if it ends otherwise.
 */
export async function jsonOf<T>(deployment: Deployment, ...args: readonly string[]): Promise<T> {
  const { stdout, stderr, code } = await pulumiLvm(deployment, [...args, "--json"]);
  if (code !== 0) throw new Error(`pulumi-lvm ended with ${code}:\n${stdout}${stderr}`);
  return JSON.parse(stdout) as T;
}
