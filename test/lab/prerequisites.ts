import { existsSync } from "node:fs";
import { isInPath } from "./is-in-path.js";
import { LabError } from "./lab-error.js";
import { step } from "./progress.js";
import { runProgram } from "./run-program.js";

/** Debian packages, each with the program or file that tells that it is there. */
type Packages = Record<string, string>;

const always: Packages = {
  "ca-certificates": "/etc/ssl/certs/ca-certificates.crt",
  // The report is opened in it.
  chromium: "/usr/bin/chromium",
  git: "git",
  // A Go of whatever age: `go.ts` sees to the rest.
  "golang-go": "go",
  "openssh-client": "ssh",
  openssl: "openssl",
  shellcheck: "shellcheck",
};

/** What hosts in User-mode Linux take besides. */
const forHosts: Packages = {
  // An older one cannot verify the newest release of the hosts.
  "debian-archive-keyring": "/usr/share/keyrings/debian-archive-trixie-stable.gpg",
  e2fsprogs: "debugfs",
  iproute2: "ip",
  kmod: "depmod",
  mmdebstrap: "mmdebstrap",
  patchelf: "patchelf",
  // For when a newer kernel cannot be had: see `uml-kernel.ts`.
  "user-mode-linux": "linux.uml",
};

/**
 * Makes sure that the programs which the lab calls are installed, by apt-get where they are not.
 * @param withHosts Whether the lab runs hosts itself.
 * @throws {LabError} If something is missing that cannot be installed here, in words that say what.
 */
export async function ensurePrerequisites(withHosts: boolean, logFile: string, signal: AbortSignal): Promise<void> {
  if (process.platform !== "linux") {
    throw new LabError(`Cannot run the lab on ${process.platform}: it takes Linux`, "Run it in a Linux machine");
  }
  if (withHosts && process.getuid?.() !== 0) {
    throw new LabError(
      "Cannot start hosts without root: network namespaces and disk images take it",
      "Run it as root, or set LAB_HOSTS to real machines for the tests (their disks named there are wiped)",
    );
  }
  const missing = Object.entries({ ...always, ...(withHosts ? forHosts : {}) })
    .filter(([, sign]) => !(sign.startsWith("/") ? existsSync(sign) : isInPath(sign)))
    .map(([name]) => name);
  if (missing.length > 0) await install(missing, logFile, signal);
}

async function install(missing: readonly string[], logFile: string, signal: AbortSignal): Promise<void> {
  const list = missing.join(" ");
  if (!isInPath("apt-get")) {
    throw new LabError(
      "Cannot install what the lab needs: there is no apt-get here",
      `Install what these Debian packages hold: ${list}`,
    );
  }
  if (process.getuid?.() !== 0) {
    throw new LabError("Cannot install what the lab needs without root", `Run: apt-get install ${list}`);
  }
  const options = { logFile, signal, env: { DEBIAN_FRONTEND: "noninteractive" } };
  await step(`installing ${list}`, async () => {
    await runProgram(["apt-get", "update"], options);
    await runProgram(["apt-get", "install", "-y", "--no-install-recommends", ...missing], options);
  });
}
