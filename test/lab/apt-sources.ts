import type { Release } from "./release.js";
import { runProgram } from "./run-program.js";

/**
 * Where this machine's apt gets Debian from, as lines for sources.list with a release, so that a machine with a mirror of
 * its own uses it for the hosts too. Empty when apt names no Debian source: mmdebstrap has a default.
 */
export async function debianSources(release: Release, logFile: string, signal: AbortSignal): Promise<string[]> {
  const sources = await ownSources(logFile, signal);
  if (mirrorOf(sources) === undefined) return [];
  // The mirror of another release that runs here has this one too, under the same names: trixie-updates, trixie-security.
  return [...new Set(sources.map(({ site, suite }) => debianSource(site, suite.replace(/^[a-z]+/, release))))];
}

/** Base URI of the mirror that this machine's apt gets its release from; undefined when apt names no Debian source. */
export async function debianMirror(logFile: string, signal: AbortSignal): Promise<string | undefined> {
  return mirrorOf(await ownSources(logFile, signal));
}

/** A line for sources.list. */
export function debianSource(mirror: string, suite: string): string {
  return `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror} ${suite} main`;
}

/** Settings of this machine's apt that decide whether a mirror can be reached. */
export async function aptOptions(logFile: string, signal: AbortSignal): Promise<string[]> {
  const text = await runProgram(["apt-config", "dump"], { logFile, signal });
  return text
    .split("\n")
    .filter((line) => /^Acquire::(https?|Retries|Check-Valid-Until|Check-Date)\b/i.test(line))
    .filter((line) => /"[^"]+";$/.test(line))
    .map((line) => line.replace(/;$/, ""));
}

async function ownSources(logFile: string, signal: AbortSignal) {
  const text = await runProgram(
    ["apt-get", "indextargets", "--format", "$(ORIGIN)|$(SITE)|$(RELEASE)|$(COMPONENT)", "Created-By: Packages"],
    { logFile, signal },
  );
  return text
    .split("\n")
    .map((line) => line.split("|"))
    .filter(([origin, site]) => origin === "Debian" && site)
    .map(([, site = "", suite = "", component = ""]) => ({ site, suite, component }))
    .filter(({ component }) => component === "main");
}

function mirrorOf(sources: readonly { site: string; suite: string }[]): string | undefined {
  return sources.find(({ suite }) => !suite.includes("security") && !suite.includes("-"))?.site;
}
