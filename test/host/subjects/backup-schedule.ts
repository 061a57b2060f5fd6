import { type LabHost, labHosts } from "../../lab/index.js";
import { sampleInputs } from "../../support/samples.js";
import type { Subject } from "../subject.js";
import { data, group, node, OTHER_ID, ofData, owner, pool, standingOn, target, targetSecrets } from "./ground.js";

const [host] = labHosts() as [LabHost];
const HEARTBEAT = "http://127.0.0.1:9/ping-of-the-conformance-suite";

const scheduleInputs = () => ({
  ...sampleInputs.backupSchedule,
  ...ofData(),
  owner: owner("backupSchedule", "nightly"),
  target,
  retention: { last: 3 },
  heartbeatUrl: HEARTBEAT,
});

export const backupSchedule: Subject = {
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
};
