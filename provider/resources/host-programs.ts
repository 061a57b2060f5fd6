import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { scriptText, shellLibrary } from "../hosts/script/script.js";

/** A file that is installed on a host. */
export interface HostFile {
  /** Path below the folder of the set. */
  readonly name: string;
  readonly mode: "0755" | "0644";
  readonly text: string;
}

const AGENT = join(__dirname, "../agent");
const PROGRAMS = ["reap", "reactivate", "settle", "pulumi-lvm-backup"];
const UNITS = [
  "pulumi-lvm-backup@.service",
  "pulumi-lvm-drill@.service",
  "pulumi-lvm-prune@.service",
  "pulumi-lvm-reactivate.service",
  "pulumi-lvm-reap.service",
  "pulumi-lvm-reap.timer",
  "pulumi-lvm-settle.service",
  "pulumilvm.slice",
];

/** The files of the backup program, which lie in folders of their own there too. */
function pythonFiles(): string[] {
  const paths = readdirSync(join(AGENT, "backup"), { recursive: true, encoding: "utf8" });
  return paths
    .filter((path) => path.endsWith(".py") && !path.startsWith("tests/"))
    .sort()
    .map((path) => `backup/${path}`);
}

/** The programs and units that run on a host by themselves, and the digest that names the set. Made of the same functions as the scripts. */
export function hostPrograms(): { digest: string; files: readonly HostFile[] } {
  const files: HostFile[] = [
    ...PROGRAMS.map((name) => ({
      name,
      mode: "0755" as const,
      text: `#!/bin/sh\n${shellLibrary()}\n${scriptText(`agent/programs/${name}.sh`)}`,
    })),
    ...UNITS.map((name) => ({ name, mode: "0644" as const, text: scriptText(`agent/units/${name}`) })),
    ...pythonFiles().map((name) => ({ name, mode: "0644" as const, text: scriptText(`agent/${name}`) })),
  ];
  const digest = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 16);
  return { digest, files };
}
