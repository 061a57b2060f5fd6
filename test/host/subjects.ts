import { readFileSync } from "node:fs";
import { repositoryPassword } from "../../provider/hosts/backups/repository-password.js";
import type { Kind } from "../../provider/index.js";
import { type LabHost, labHosts, labS3 } from "../lab/index.js";
import { sampleInputs } from "../support/samples.js";
import { Managed, type refTo } from "./managed.js";
import type { Subject } from "./subject.js";

// What each kind of resource hands to the conformance suite.

const [host] = labHosts() as [LabHost];
const [disk, secondDisk] = host.disks as [string, string];
const server = labS3();

/** The bucket of their backups; whoever runs the suite makes it. */
export const BUCKET = `conformance-${Date.now().toString(36)}`;
const HEARTBEAT = "http://127.0.0.1:9/ping-of-the-conformance-suite";
/** Of something that is not theirs. */
export const OTHER_ID = "99999999-2222-3333-4444-555555555555";

/** The host of all of them, which whoever runs the suite fills in. */
export const on = { host: {} as ReturnType<typeof refTo> };
export const owner = (kind: string, name: string): string => `organization/conformance/dev/${kind}/${name}`;

/** The resources that others stand on. */
export const node = { resource: new Managed("host", {}), inputs: () => hostInputs() };
export const group = { resource: new Managed("volumeGroup", {}), inputs: () => groupInputs() };
export const pool = { resource: new Managed("thinPool", {}), inputs: () => poolInputs() };
const data = { resource: new Managed("volume", {}), inputs: () => ({ ...thinInputs(), deleteUnverified: true }) };
/** Leaves the base of the next backup behind. */
const earlier = {
  resource: new Managed("backup", {}),
  inputs: () => ({ ...backupInputs(), owner: owner("backup", "earlier"), onDelete: "keep" }),
};
type Ground = typeof node;

/** Brings about just these: each subject finds nothing else on the host. */
export function standingOn(...wanted: Ground[]): () => Promise<void> {
  return async () => {
    for (const each of [earlier, data, pool, group, node]) if (!wanted.includes(each)) await each.resource.destroy();
    for (const { resource, inputs } of wanted) await resource.up(inputs());
  };
}

const hostInputs = () => ({ host: { ...on.host, machineId: "" }, owner: owner("host", "node") });
const groupInputs = () => ({ ...on, owner: owner("volumeGroup", "fast"), name: "fast", disks: [disk] });
const poolInputs = () => ({
  ...on,
  owner: owner("thinPool", "pool"),
  volumeGroup: "fast",
  name: "pool",
  size: "1GiB",
  autoextend: { threshold: 80, percent: 20 },
});
export const thinInputs = () => ({
  ...on,
  owner: owner("volume", "data"),
  volumeGroup: "fast",
  pool: "pool",
  name: "data",
  size: "256MiB",
  fileSystem: "ext4",
  labels: { tier: "gold" },
  deletionPolicy: "delete",
});
const linearInputs = () => ({
  ...on,
  owner: owner("volume", "raw"),
  volumeGroup: "fast",
  name: "raw",
  size: "64MiB",
  deletionPolicy: "delete",
});
const ofData = () => ({ ...on, volumeId: data.resource.id, volumeGroup: "fast", volumeName: "data" });
const attachmentInputs = () => ({
  ...ofData(),
  owner: owner("attachment", "db"),
  microVm: "db",
  driveId: "data",
});

const masterKey = Buffer.alloc(32, 6).toString("base64");
const { endpoint, region, accessKeyId, secretAccessKey } = server;
const target = {
  name: "lab",
  ...{ endpoint, region, bucket: BUCKET, prefix: "", accessKeyId, secretAccessKey, masterKey },
  caCertificate: readFileSync(server.caCertificateFile, "utf8"),
};
const targetSecrets = () => [secretAccessKey, masterKey, repositoryPassword(masterKey, data.resource.id ?? "")];
const backupInputs = () => ({ ...ofData(), owner: owner("backup", "now"), target, onDelete: "forget" });
const scheduleInputs = () => ({
  ...sampleInputs.backupSchedule,
  ...ofData(),
  owner: owner("backupSchedule", "nightly"),
  target,
  retention: { last: 3 },
  heartbeatUrl: HEARTBEAT,
});

const dropTags = (volume: string, pattern: string) => `set --
for tag in $(lvs --noheadings -o lv_tags ${volume} | tr , ' '); do case $tag in ${pattern}) set -- "$@" --deltag "$tag" ;; esac; done
lvchange -q "$@" ${volume}`;

/** What a kind hands to the suite. A new kind does not compile without. */
export const subjects: Record<Kind, readonly [Subject, ...Subject[]]> = {
  host: [
    {
      ground: standingOn(),
      inputs: hostInputs,
      making: ["systemctl", "systemctl", "systemctl"],
      removing: Array(5).fill("systemctl"),
      removingAgain: Array(5).fill("systemctl"),
      byHand: [
        {
          what: "its programs removed",
          script: "rm -rf /usr/local/lib/pulumi-lvm",
          shows: { programs: "" },
        },
        {
          what: "its record of who owns it removed",
          script: "rm /var/lib/pulumi-lvm/owners/*",
          shows: { programs: "" },
        },
      ],
      loss: { unseen: "a machine is not removed: without our programs it is the same one" },
      afterLostState: "takes its place",
    },
  ],
  volumeGroup: [
    {
      ground: standingOn(node),
      inputs: groupInputs,
      making: ["vgcreate"],
      removing: ["vgremove", "pvremove"],
      inPlace: [
        {
          what: "extended",
          inputs: () => ({ ...groupInputs(), disks: [disk, secondDisk] }),
          commands: ["vgextend"],
        },
      ],
      byHand: [{ what: "renamed", script: "vgrename -q fast other", shows: { name: "other" } }],
      loss: `vgremove -q -y fast; pvremove -q -y ${disk}`,
      foreign: {
        what: "a volume group of somebody else with its name",
        make: `vgcreate -q -y fast ${secondDisk}`,
        remove: `vgremove -q -y fast; pvremove -q -y ${secondDisk}`,
        words: /volume group "fast" exists .*and is not /i,
        isSeenAtPreview: true,
      },
      afterLostState: "takes it over",
      renamed: () => ({ ...groupInputs(), owner: owner("volumeGroup", "quick"), name: "quick" }),
      identity: ["uuid"],
    },
  ],
  thinPool: [
    {
      ground: standingOn(node, group),
      inputs: poolInputs,
      making: ["lvcreate", "lvchange"],
      removing: ["lvchange", "lvremove"],
      inPlace: [{ what: "grown", inputs: () => ({ ...poolInputs(), size: "2GiB" }), commands: ["lvextend"] }],
      byHand: [{ what: "renamed", script: "lvrename -q fast pool other", shows: { name: "other" } }],
      loss: "lvremove -q -y fast/pool",
      foreign: {
        what: "a thin pool of somebody else with its name",
        make: "lvcreate -q -y --type thin-pool -L 64M -n pool fast",
        remove: "lvremove -q -y fast/pool",
        words: /logical volume "fast\/pool" exists .*and is not this pool/i,
        isSeenAtPreview: true,
      },
      afterLostState: "takes it over",
      renamed: () => ({ ...poolInputs(), owner: owner("thinPool", "other"), name: "other" }),
      identity: ["uuid"],
    },
  ],
  volume: [
    {
      variant: "thin with ext4",
      ground: standingOn(node, group, pool),
      inputs: thinInputs,
      making: ["lvcreate", "lvchange", "lvchange", "mkfs.ext4", "lvchange", "lvchange"],
      removing: ["lvremove"],
      inPlace: [
        {
          what: "grown and renamed",
          inputs: () => ({ ...thinInputs(), size: "384MiB", name: "data2" }),
          commands: [
            "lvchange",
            "lvrename",
            "lvchange",
            "lvextend",
            "lvchange",
            "lvchange",
            "systemd-run",
            "systemd-run",
            "lvchange",
            "lvchange",
          ],
        },
      ],
      byHand: [
        {
          what: "renamed",
          script: "lvrename -q fast data other",
          shows: { name: "other", devicePath: "/dev/fast/other" },
        },
        {
          what: "with another label",
          script: "lvchange -q --deltag pulumi-lvm.label.tier=gold --addtag pulumi-lvm.label.tier=lead fast/data",
          shows: { labels: { tier: "lead" } },
        },
      ],
      loss: "lvremove -q -y fast/data",
      foreign: {
        what: "a thin volume of somebody else with its name",
        make: "lvcreate -q -y -V 64M --thinpool pool -n data fast",
        remove: "lvremove -q -y fast/data",
        words: /logical volume "fast\/data" exists .*and is not this volume's/i,
        isSeenAtPreview: true,
      },
      afterLostState: "takes it over",
      renamed: () => ({ ...thinInputs(), owner: owner("volume", "other"), name: "other" }),
      identity: ["uuid", "volumeId"],
    },
    {
      variant: "linear",
      ground: standingOn(node, group),
      inputs: linearInputs,
      making: ["lvcreate", "lvchange", "blkdiscard", "lvchange", "lvchange"],
      removing: ["lvremove"],
      inPlace: [
        {
          what: "grown",
          inputs: () => ({ ...linearInputs(), size: "96MiB" }),
          commands: ["lvchange", "lvcreate", "blkdiscard", "lvremove", "lvextend"],
        },
      ],
      byHand: [
        {
          what: "renamed",
          script: "lvrename -q fast raw other",
          shows: { name: "other", devicePath: "/dev/fast/other" },
        },
        {
          what: "shrunk",
          script: "lvchange -ay fast/raw; lvreduce -q -f -y -L 32M fast/raw; lvchange -an fast/raw",
          shows: { sizeBytes: 32 * 2 ** 20 },
        },
      ],
      loss: "lvremove -q -y fast/raw",
      foreign: {
        what: "a volume of somebody else with its name",
        make: "lvcreate -q -y -L 64M -n raw fast",
        remove: "lvremove -q -y fast/raw",
        words: /logical volume "fast\/raw" exists .*and is not this volume's/i,
        isSeenAtPreview: true,
      },
      afterLostState: "takes it over",
      renamed: () => ({ ...linearInputs(), owner: owner("volume", "other"), name: "other" }),
      identity: ["uuid", "volumeId"],
    },
  ],
  attachment: [
    {
      ground: standingOn(node, group, pool, data),
      inputs: attachmentInputs,
      making: ["lvchange", "lvchange"],
      removing: ["lvchange", "lvchange"],
      inPlace: [
        {
          what: "given another drive",
          inputs: () => ({ ...attachmentInputs(), driveId: "root", isRootDevice: true }),
          commands: ["lvchange"],
        },
      ],
      byHand: [
        { what: "its device taken away", script: "lvchange -q -an fast/data", shows: { isActive: false } },
        {
          what: "with another drive",
          script: "lvchange -q --deltag pulumi-lvm.drive=data --addtag pulumi-lvm.drive=other fast/data",
          shows: { driveId: "other", drive: { drive_id: "other" } },
        },
      ],
      loss: dropTags("fast/data", "*.attachment=* | *.lease-owner=* | *.microvm=* | *.drive=* | *.root=*"),
      foreign: {
        what: "a lease of somebody else on its volume",
        make: `lvchange -q -ay --addtag pulumi-lvm.attachment=${OTHER_ID} --addtag pulumi-lvm.lease-owner=a/b/c/attachment/d \
  --addtag pulumi-lvm.microvm=other --addtag pulumi-lvm.drive=other --addtag pulumi-lvm.root=no fast/data`,
        remove: `lvchange -q -an fast/data; ${dropTags("fast/data", "*.attachment=* | *.lease-owner=* | *.microvm=* | *.drive=* | *.root=*")}`,
        words: /volume "fast\/data" .*is attached to microVM "other"/i,
        isSeenAtPreview: true,
      },
      afterLostState: "takes it over",
      renamed: () => ({ ...attachmentInputs(), owner: owner("attachment", "other") }),
      identity: ["attachmentId", "event"],
    },
  ],
  backup: [
    {
      ground: standingOn(node, group, pool, data, earlier),
      inputs: backupInputs,
      making: ["lvcreate", "lvchange", "lvremove"],
      removing: [],
      byHand: [],
      loss: { unseen: "a refresh asks hosts, and no store" },
      afterLostState: "makes another",
      renamed: () => ({ ...backupInputs(), owner: owner("backup", "other") }),
      identity: ["recoveryPoint"],
      secrets: targetSecrets,
    },
  ],
  backupSchedule: [
    {
      ground: standingOn(node, group, pool, data),
      inputs: scheduleInputs,
      // systemd 257 wants to read a timer again that was just enabled, 252 does not: it says so (NeedDaemonReload), and is asked.
      making: Array(host.release === "bookworm" ? 4 : 5).fill("systemctl"),
      removing: ["systemctl", "systemctl", "systemctl"],
      inPlace: [
        {
          what: "given other times",
          inputs: () => ({ ...scheduleInputs(), schedule: "weekly", retention: undefined }),
          commands: ["systemctl", "systemctl", "systemctl", "systemctl"],
        },
      ],
      byHand: [
        {
          what: "its timer disabled",
          script: "systemctl disable --quiet --now $(ls /etc/systemd/system | grep '^pulumi-lvm-backup@.*timer$')",
          shows: { timers: { backup: { isEnabled: false, isActive: false } } },
        },
        {
          what: "a timer's file removed",
          script: "rm /etc/systemd/system/pulumi-lvm-prune@*.timer",
          shows: { timers: { prune: { digest: "" } } },
        },
        {
          what: "its document removed",
          script: "rm /etc/pulumi-lvm/schedules/*.json",
          shows: { document: "" },
        },
        {
          what: "its record of who owns it changed",
          script: "for file in /etc/pulumi-lvm/schedules/*.owner; do echo other >$file; done",
          shows: { recordedOwner: "other" },
        },
      ],
      loss: `systemctl disable --quiet --now $(cd /etc/systemd/system; ls | grep '^pulumi-lvm-.*@.*timer$')
rm /etc/systemd/system/pulumi-lvm-*@*.timer /etc/pulumi-lvm/schedules/*; systemctl daemon-reload`,
      foreign: {
        what: "a schedule of somebody else",
        make: `cd /etc/pulumi-lvm/schedules 2>/dev/null || { mkdir -p -m 700 /etc/pulumi-lvm/schedules; cd /etc/pulumi-lvm/schedules; }
echo a/b/c/backupSchedule/d >${OTHER_ID}.owner; echo '{}' >${OTHER_ID}.json`,
        remove: `rm /etc/pulumi-lvm/schedules/${OTHER_ID}.*`,
        words: undefined,
        isSeenAtPreview: false,
      },
      afterLostState: "takes its place",
      renamed: () => ({ ...scheduleInputs(), owner: owner("backupSchedule", "other") }),
      identity: ["scheduleId"],
      secrets: () => [...targetSecrets(), HEARTBEAT],
    },
  ],
};
