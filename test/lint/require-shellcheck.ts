import { spawnSync } from "node:child_process";
import { isInPath } from "../lab/is-in-path.js";

/**
 * Sees to it that shellcheck is installed: as root on Debian it installs the package.
 * @throws {Error} If it is not there and cannot be installed here; the message says how to get it.
 */
export function requireShellcheck(): void {
  if (isInPath("shellcheck")) return;
  if (process.getuid?.() === 0 && isInPath("apt-get")) {
    console.log("Installing shellcheck");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    for (const argv of [["update"], ["install", "-y", "--no-install-recommends", "shellcheck"]]) {
      const { status, stderr, stdout } = spawnSync("apt-get", argv, { env, encoding: "utf8" });
      if (status !== 0) throw new Error(`Cannot install shellcheck: apt-get ${argv[0]} failed\n${stdout}${stderr}`);
    }
    return;
  }
  throw new Error("Cannot lint the shell scripts: shellcheck is not installed\nOn Debian: apt-get install shellcheck");
}
