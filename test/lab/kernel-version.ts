/** The newest version in what `apt-cache madison PACKAGE` prints: lines of package, version and source, newest first. */
export function newestVersion(madison: string): string | undefined {
  const [line = ""] = madison.split("\n");
  const [, version] = line.split("|").map((field) => field.trim());
  return version || undefined;
}

/** Tells whether a Debian version such as "6.16um1~bpo13+1" is of Linux `major.minor` or a later one. */
export function isLinuxFrom(version: string, { major, minor }: { major: number; minor: number }): boolean {
  const [ownMajor = Number.NaN, ownMinor = Number.NaN] = (/^(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
