import { runProgram } from "./run-program.js";

/** A Go module of the lab whose go.mod names one program in a `tool` line. */
export interface GoTool {
  /** The Go that builds it. */
  go: string;
  /** Directory of go.mod and go.sum. */
  module: string;
  /** Directory for the program. */
  output: string;
  /** Flags of `go build` for the program's version, such as `v1.2.3`. */
  flags: (version: string) => string[];
}

/** Builds the program from exactly the modules that go.sum names. */
export async function buildTool(tool: GoTool, logFile: string, signal: AbortSignal): Promise<void> {
  const { go, module, output, flags } = tool;
  const options = { cwd: module, logFile, signal, env: { CGO_ENABLED: "0", GOTOOLCHAIN: "auto", GOWORK: "off" } };
  const target = (await runProgram([go, "list", "-f", "{{.ImportPath}} {{.Module.Version}}", "tool"], options)).trim();
  const [importPath = "", version = ""] = target.split(" ");
  const always = ["-mod=readonly", "-trimpath", "-buildvcs=false"];
  await runProgram([go, "build", ...always, ...flags(version), "-o", `${output}/`, importPath], options);
}
