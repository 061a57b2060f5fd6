import { createHash } from "node:crypto";
import { scriptText, shellLibrary } from "../host/script.js";

/** A file that is installed on a host. */
export interface HostFile {
  readonly name: string;
  readonly mode: "0755" | "0644";
  readonly text: string;
}

const PROGRAMS = ["reap", "reactivate"];
const UNITS = ["pulumi-lvm-reap.service", "pulumi-lvm-reap.timer", "pulumi-lvm-reactivate.service"];

/** The programs and units that run on a host by themselves, and the digest that names the set. Made of the same functions as the scripts. */
export function hostPrograms(): { digest: string; files: readonly HostFile[] } {
  const files: HostFile[] = [
    ...PROGRAMS.map((name) => ({
      name,
      mode: "0755" as const,
      text: `#!/bin/sh\n${shellLibrary()}\n${scriptText(`programs/${name}.sh`)}`,
    })),
    ...UNITS.map((name) => ({ name, mode: "0644" as const, text: scriptText(`programs/${name}`) })),
  ];
  const digest = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 16);
  return { digest, files };
}
