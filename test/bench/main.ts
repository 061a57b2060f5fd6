import { HOSTS_A_WORKER } from "../lab/lab-host.js";
import { runForeground } from "../run/run-foreground.js";
import { parseOptions } from "./options.js";

// Builds the package, boots a lab and runs the benches in it: `npm run bench [name…]`.

async function main(args: readonly string[]): Promise<number> {
  // Before the slow part: what is wrong in the options must not cost the start of a lab.
  parseOptions(args);
  const code = await runForeground(["npm", "run", "build"]);
  if (code !== 0) return code;
  const node = ["node", "--import", "tsx"];
  const lab = [...node, "test/lab/main.ts", "run", "--hosts", `${HOSTS_A_WORKER}`, "--"];
  return await runForeground([...lab, ...node, "test/bench/in-lab.ts", ...args]);
}

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
