import { runForeground } from "../run/run-foreground.js";

/** `npm run demo [-- --keep]`: boots the lab and goes through the main job on its two hosts. */
const keep = process.argv.slice(2).includes("--keep");
const unknown = process.argv.slice(2).filter((word) => word !== "--keep");
if (unknown.length > 0) {
  console.error(
    `Usage: npm run demo [-- --keep]\n\n  --keep  leave the lab and the stack up, and print how to go on by hand`,
  );
  process.exit(unknown.includes("--help") ? 0 : 2);
}
const keeping = keep ? ["--keep"] : [];
const node = ["node", "--import", "tsx"];
runForeground([...node, "test/lab/main.ts", "run", ...keeping, "--", ...node, "test/demo/steps.ts", ...keeping]).then(
  (code) => {
    process.exitCode = code;
  },
);
