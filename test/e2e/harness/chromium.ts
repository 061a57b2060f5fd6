import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Of Debian's package chromium. */
const EXECUTABLE = "/usr/bin/chromium";

/**
 * Starts Debian's Chromium without a window.
 * @throws {Error} If it is not installed.
 */
export async function startChromium(): Promise<Browser> {
  if (!existsSync(EXECUTABLE)) {
    throw new Error(`There is no ${EXECUTABLE}\nInstall it with: apt-get install --no-install-recommends chromium`);
  }
  // Chromium's own sandbox refuses to run as root; the page is ours.
  return chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox"] });
}
