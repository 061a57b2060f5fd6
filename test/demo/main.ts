import { runForeground } from "../run/run-foreground.js";

/** `npm run demo [-- --keep] [--verbose]`: boots the lab and goes through the main job on its two hosts. */
const OPTIONS = ["--keep", "--verbose"];
const given = process.argv.slice(2);
const unknown = given.filter((word) => !OPTIONS.includes(word));
if (unknown.length > 0) {
  console.error(
    `Usage: npm run demo [-- --keep] [--verbose]

  --keep     leave the lab and the stack up, and print how to go on by hand
  --verbose  show all that Pulumi prints, and not only what is done and what is wrong`,
  );
  process.exit(unknown.includes("--help") ? 0 : 2);
}
const keeping = given.filter((word) => word === "--keep");
const node = ["node", "--import", "tsx"];
runForeground([...node, "test/lab/main.ts", "run", ...keeping, "--", ...node, "test/demo/steps.ts", ...given]).then(
  (code) => {
    process.exitCode = code;
  },
);
