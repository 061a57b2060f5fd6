import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Tells whether a program of this name is on PATH. */
export function isInPath(program: string, path = process.env["PATH"] ?? ""): boolean {
  return path.split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
