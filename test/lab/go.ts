import { join } from "node:path";
import { z } from "zod";
import { LabError } from "./lab-error.js";
import { runProgram } from "./run-program.js";

/** Fetched when this machine's Go is too old to fetch a newer one by itself. */
const toolchain = "go1.26.8";

/**
 * A Go that builds the modules of the lab: this machine's, which gets the version that a go.mod asks for by itself since
 * 1.21 (with GOTOOLCHAIN=auto), or one that an older Go fetches as a module.
 * @returns Path of the program, or "go".
 * @throws {LabError} If the toolchain cannot be fetched.
 */
export async function findGo(logFile: string, signal: AbortSignal): Promise<string> {
  const text = await runProgram(["go", "version"], { logFile, signal });
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(text) ?? [];
  return Number(major) > 1 || Number(minor) >= 21 ? "go" : fetchToolchain(text.trim(), logFile, signal);
}

async function fetchToolchain(present: string, logFile: string, signal: AbortSignal): Promise<string> {
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  try {
    const module = `golang.org/toolchain@v0.0.1-${toolchain}.linux-${arch}`;
    const json = await runProgram(["go", "mod", "download", "-json", module], { logFile, signal, cwd: "/" });
    const { Dir } = z.object({ Dir: z.string() }).parse(JSON.parse(json));
    // Module archives carry no permissions.
    await runProgram(["chmod", "-R", "a+x", join(Dir, "bin"), join(Dir, "pkg", "tool")], { logFile, signal });
    return join(Dir, "bin", "go");
  } catch (cause) {
    if (!(cause instanceof LabError)) throw cause;
    throw new LabError(
      `Cannot build programs of the lab: this machine has "${present}" and ${toolchain} cannot be fetched\n${cause.message}`,
      "Install Go 1.25.11 or newer",
      { cause },
    );
  }
}
