import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { engineOutput } from "./engine-output.js";

const root = join(__dirname, "../..");

/** The stack of every program of the demo. */
export const STACK = "demo";

/** Where a demo runs its commands, as a person would, and shows them. */
export class Stage {
  readonly #beginRun: ReturnType<typeof engineOutput>;

  /** @param isVerbose Whether all of the engine's output is shown. */
  constructor(isVerbose: boolean) {
    this.#beginRun = engineOutput(isVerbose);
  }

  heading(text: string): void {
    console.log(`\n━━ ${text}\n`);
  }

  /**
   * Runs the Pulumi CLI.
   * @throws {Error} If it ends well and should not, or the other way round; all that it printed is shown then.
   */
  async pulumi([command = "", ...words]: readonly string[], ends: "well" | "refused", cwd = root): Promise<void> {
    // A secret is for the CLI alone, and of a long value the first line says enough.
    const shown = words.includes("--secret")
      ? [...words.slice(0, -1), "…"]
      : words.map((word) => word.replace(/\n.*/s, " …"));
    console.log(`$ pulumi ${[command, ...shown].join(" ")}`);
    const options = ["--stack", STACK, "--non-interactive", "--color", "never"];
    const { code, output } = await this.#run("pulumi", [command, ...options, ...words], cwd);
    if ((code === 0) === (ends === "well")) return;
    console.log(output.join("\n"));
    const problem = ends === "well" ? "failed" : "should have been refused";
    throw new Error(`The demo ends here: "pulumi ${[command, ...shown].slice(0, 3).join(" ")}" ${problem}`);
  }

  mustSucceed(words: readonly string[], cwd?: string): Promise<void> {
    return this.pulumi(words, "well", cwd);
  }

  /**
   * Runs a command of this package, and shows all that it prints.
   * @throws {Error} If it does not end with 0.
   */
  pulumiLvm(words: readonly string[], cwd = root): void {
    console.log(`$ npx pulumi-lvm ${words.join(" ")}`);
    const cli = join(root, "dist/cli/main.js");
    const { status } = spawnSync("node", [cli, ...words, "--stack", STACK], { cwd, stdio: "inherit" });
    if (status !== 0) throw new Error(`The demo ends here: "npx pulumi-lvm ${words[0]}" ended with ${status}`);
  }

  #run(program: string, words: readonly string[], cwd: string): Promise<{ code: number | null; output: string[] }> {
    const shownOf = this.#beginRun();
    const output: string[] = [];
    const child = spawn(program, words, { cwd, stdio: ["inherit", "pipe", "pipe"] });
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on("line", (line) => {
        output.push(line);
        for (const shown of shownOf(line)) console.log(shown);
      });
    }
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, output }));
    });
  }
}
