import { randomUUID } from "node:crypto";
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { authorizedKeysFiles } from "./host-image-files.js";
import type { LabDir } from "./lab-dir.js";
import { LabError } from "./lab-error.js";
import { hostAddress } from "./network.js";
import { runProgram } from "./run-program.js";

const gib = 1024 ** 3;
/** The disks that the tests may use, in bytes; they take space only for what is written to them. */
const dataDisks = [
  { device: "/dev/ubdb", sizeBytes: 8 * gib },
  { device: "/dev/ubdc", sizeBytes: 2 * gib },
  { device: "/dev/ubdd", sizeBytes: 2 * gib },
];

export interface HostDisks {
  /** Image files, the root disk first. */
  images: string[];
  /** The data disks' names in the guest. */
  devices: string[];
  /** Public host key as in known_hosts: type and base64. */
  hostKey: string;
}

export interface HostDisksRequest {
  image: string;
  name: string;
  /** From 1 on; the address follows from it. */
  number: number;
  /** All hosts of the lab by name, for /etc/hosts. */
  names: readonly string[];
}

/** Makes a host's disks: a copy of the image with what is this host's own, and empty data disks. */
export async function createHostDisks(dir: LabDir, request: HostDisksRequest, signal: AbortSignal): Promise<HostDisks> {
  const own = join(dir.disks, request.name);
  const root = join(own, "ubda.img");
  const options = { logFile: join(dir.logs, `${request.name}-disks.log`), signal };
  mkdirSync(own, { recursive: true });
  await runProgram(["cp", "--sparse=always", "--reflink=auto", request.image, root], options);
  const key = join(own, "ssh_host_ed25519_key");
  await runProgram(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", request.name, "-f", key], options);
  const hostKey = readFileSync(`${key}.pub`, "utf8").split(" ").slice(0, 2).join(" ");
  await inject(root, own, ownFiles(dir, request, key), options);
  const images = dataDisks.map(({ device, sizeBytes }) => {
    const file = join(own, `${device.slice("/dev/".length)}.img`);
    createSparse(file, sizeBytes);
    return file;
  });
  return { images: [root, ...images], devices: dataDisks.map(({ device }) => device), hostKey };
}

interface OwnFile {
  path: string;
  text: string;
  mode: string;
}

function ownFiles(dir: LabDir, { name, number, names }: HostDisksRequest, key: string): OwnFile[] {
  // Every name must be known here: else each sudo waits for a name server that does not exist.
  const hosts = names.map((other, index) => `${hostAddress(index + 1)} ${other}`);
  const network = ["[Match]", "Name=vec*", "[Network]", `Address=${hostAddress(number)}/24`, "LinkLocalAddressing=no"];
  const text = (...lines: string[]) => `${lines.join("\n")}\n`;
  return [
    { path: "/etc/machine-id", mode: "0100444", text: text(randomUUID().replaceAll("-", "")) },
    { path: "/etc/hostname", mode: "0100644", text: text(name) },
    { path: "/etc/hosts", mode: "0100644", text: text("127.0.0.1 localhost", ...hosts) },
    { path: "/etc/systemd/network/10-vec.network", mode: "0100644", text: text(...network) },
    { path: "/etc/ssh/ssh_host_ed25519_key", mode: "0100600", text: readFileSync(key, "utf8") },
    { path: "/etc/ssh/ssh_host_ed25519_key.pub", mode: "0100644", text: readFileSync(`${key}.pub`, "utf8") },
    ...authorizedKeysFiles.map((path) => ({
      path,
      mode: "0100644",
      text: readFileSync(`${dir.privateKey}.pub`, "utf8"),
    })),
  ];
}

/** Writes files into an ext4 image without mounting it, which would take a loop device. */
async function inject(
  image: string,
  scratch: string,
  files: readonly OwnFile[],
  options: { logFile: string; signal: AbortSignal },
): Promise<void> {
  const commands = files.flatMap(({ path, text, mode }, index) => {
    const source = join(scratch, `file-${index}`);
    writeFileSync(source, text, { mode: 0o600 });
    return [
      `write ${source} ${path}`,
      ...[`mode ${mode}`, "uid 0", "gid 0"].map((field) => `set_inode_field ${path} ${field}`),
    ];
  });
  const checks = files.map(({ path }) => `cat ${path}`);
  // debugfs exits with 0 whatever its commands do: what it wrote is read back.
  const output = await runProgram(["debugfs", "-w", "-f", "-", image], {
    ...options,
    input: `${[...commands, ...checks].join("\n")}\n`,
  });
  for (const index of files.keys()) rmSync(join(scratch, `file-${index}`));
  const missing = files.filter(({ text }) => !output.includes(text));
  if (missing.length > 0) {
    throw new LabError(
      `Cannot write ${missing.map(({ path }) => path).join(", ")} into ${image}`,
      `See ${options.logFile}`,
    );
  }
}

function createSparse(file: string, sizeBytes: number): void {
  const descriptor = openSync(file, "w", 0o600);
  ftruncateSync(descriptor, sizeBytes);
  closeSync(descriptor);
}
