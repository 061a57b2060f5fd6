import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { LabError } from "./lab-error.js";

/** Where everything of one lab lives. Labs in different directories run side by side. */
export interface LabDir {
  readonly path: string;
  /** Name of the lab's network namespace (ip-netns(8)), derived from the path. */
  readonly namespace: string;
  readonly stateFile: string;
  readonly lockFile: string;
  /** One JSON file per host, see `uml-state.ts`. */
  readonly hosts: string;
  readonly disks: string;
  /** Consoles of the hosts and logs of the builds; they stay after the lab is stopped. */
  readonly logs: string;
  /** UML's own run time directory (pid files and control sockets). */
  readonly uml: string;
  /** Control sockets of the lab's ssh connections. */
  readonly sockets: string;
  readonly knownHosts: string;
  readonly privateKey: string;
  /** State and data of the S3 servers, see `s3-state.ts`. */
  readonly s3: string;
  readonly backend: string;
  readonly pulumiHome: string;
}

/**
 * The lab directory: LAB_DIR, or `pulumi-lvm-lab` in the directory for temporary files.
 * @throws {LabError} If the path is too long for the Unix sockets in it.
 */
export function labDir(): LabDir {
  const path = resolve(process.env["LAB_DIR"] || join(tmpdir(), "pulumi-lvm-lab"));
  // It becomes part of UML's comma separated options and of ssh's options, which know no quoting.
  if (!/^[\w./-]+$/.test(path)) {
    throw new LabError(
      `Cannot use lab directory "${path}": it has other characters than letters, digits, "_", "-", "." and "/"`,
      "Set LAB_DIR to a plainer one",
    );
  }
  // sun_path holds 108 bytes (unix(7)); ssh adds 17 to the socket's name while it makes it.
  if (Buffer.byteLength(path) > 60) {
    throw new LabError(
      `Cannot use lab directory "${path}": the path is longer than 60 bytes`,
      "Set LAB_DIR to a shorter one",
    );
  }
  return {
    path,
    namespace: `pulumi-lvm-${createHash("sha256").update(path).digest("hex").slice(0, 8)}`,
    stateFile: join(path, "lab.json"),
    lockFile: join(path, "lock"),
    hosts: join(path, "hosts"),
    disks: join(path, "disks"),
    logs: join(path, "logs"),
    uml: join(path, "uml"),
    sockets: join(path, "s"),
    knownHosts: join(path, "known_hosts"),
    privateKey: join(path, "id_ed25519"),
    s3: join(path, "s3"),
    backend: join(path, "backend"),
    pulumiHome: join(path, "pulumi-home"),
  };
}
