import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { LabHost } from "../lab/index.js";
import { labDir } from "../lab/lab-dir.js";
import type { Contender } from "./compare.js";
import { removeVolumes } from "./many-volumes.js";

/** Thin ext4 volumes by Ansible's modules for LVM; undefined when this machine does not have them. */
export function ansible(host: LabHost, count: number): Contender | undefined {
  // It prints the module's documentation if it is there.
  if (spawnSync("ansible-doc", ["--json", "community.general.lvol"], { stdio: "ignore" }).status !== 0)
    return undefined;
  const loop = Array.from({ length: count }, (_, index) => index);
  const lvol = { vg: "fast", thinpool: "pool", lv: "a{{ item }}", size: "64m" };
  const tasks = [
    { "community.general.lvol": lvol, loop },
    { "community.general.filesystem": { fstype: "ext4", dev: "/dev/fast/a{{ item }}" }, loop },
  ];
  return {
    name: "Ansible, lvol and filesystem",
    run: () => play(host, tasks),
    undo: () => removeVolumes(host, "a", count),
  };
}

/** JSON is YAML, so that both files are JSON. */
async function play(host: LabHost, tasks: readonly object[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-lvm-ansible-"));
  try {
    const node = {
      ansible_host: host.address,
      ansible_port: host.port,
      ansible_user: host.user,
      ansible_ssh_private_key_file: host.privateKeyFile,
      ansible_ssh_common_args: `-F none -o UserKnownHostsFile=${labDir().knownHosts}`,
    };
    writeFileSync(join(folder, "inventory.yml"), JSON.stringify({ all: { hosts: { node } } }));
    writeFileSync(join(folder, "play.yml"), JSON.stringify([{ hosts: "all", gather_facts: false, tasks }]));
    const env = { ...process.env, ANSIBLE_LOCAL_TEMP: folder };
    const argv = ["-i", join(folder, "inventory.yml"), join(folder, "play.yml")];
    await promisify(execFile)("ansible-playbook", argv, { env, maxBuffer: 2 ** 26 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
