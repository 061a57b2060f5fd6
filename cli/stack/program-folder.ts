import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const PROJECT_FILES = ["Pulumi.yaml", "Pulumi.yml"];

/**
 * The folder in which Pulumi runs the program and its providers: that of `main`, below the folder of the project file, which
 * `pulumi` looks for in a folder and those above it. The folder itself if there is no project.
 */
export function programFolder(cwd: string): string {
  const start = resolve(cwd);
  for (let folder = start; ; folder = dirname(folder)) {
    const file = PROJECT_FILES.map((name) => join(folder, name)).find(existsSync);
    if (file !== undefined) return resolve(folder, mainFolder(folder, readFileSync(file, "utf8")));
    if (folder === dirname(folder)) return start;
  }
}

/** `main` is a folder, or a file in one. It is plain text on a line of its own in any project file that people write. */
function mainFolder(folder: string, project: string): string {
  const main = /^main:[ \t]*(?<quote>["']?)(?<path>[^"'#\n]+?)\k<quote>[ \t]*(?:#.*)?$/m.exec(project)?.groups?.[
    "path"
  ];
  if (main === undefined) return ".";
  const found = statSync(resolve(folder, main), { throwIfNoEntry: false });
  return found?.isDirectory() ? main : dirname(main);
}
