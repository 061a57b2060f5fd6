import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** `npm run demo [-- --keep]`: boots the lab and goes through the main job on its two hosts. */
const keep = process.argv.slice(2).includes("--keep");
const unknown = process.argv.slice(2).filter((word) => word !== "--keep");
if (unknown.length > 0) {
  console.error(
    `Usage: npm run demo [-- --keep]\n\n  --keep  leave the lab and the stack up, and print how to go on by hand`,
  );
  process.exit(unknown.includes("--help") ? 0 : 2);
}
const lab = ["test/lab/main.ts", "run", ...(keep ? ["--keep"] : []), "--"];
const { status } = spawnSync("tsx", [...lab, "tsx", "test/demo/steps.ts", ...(keep ? ["--keep"] : [])], {
  cwd: join(__dirname, "../.."),
  stdio: "inherit",
});
process.exit(status ?? 1);
