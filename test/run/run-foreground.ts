import { spawn } from "node:child_process";
import { constants } from "node:os";

/**
 * Runs a program with this process's stdin, stdout and stderr, and returns its exit code as a shell gives it.
 * A signal that would end this process waits for the program to end: a terminal sends SIGINT and SIGHUP to both, and SIGTERM,
 * which is for this process alone, is passed on. (The scripts of package.json say `exec` for the same reason: npm's shell passes
 * no signal on.)
 */
export function runForeground(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  const [program = "", ...args] = argv;
  const child = spawn(program, args, { stdio: "inherit", env: { ...process.env, ...env } });
  const wait = () => {};
  const passOn = () => void child.kill("SIGTERM");
  process.on("SIGINT", wait).on("SIGHUP", wait).on("SIGTERM", passOn);
  return new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  }).finally(() => {
    process.off("SIGINT", wait).off("SIGHUP", wait).off("SIGTERM", passOn);
  });
}
