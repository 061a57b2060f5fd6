import type { Anchor } from "../../provider/hosts/events/event-log.js";
import type { KnownResources } from "../../provider/hosts/live/orphans.js";
import type { PoolLimits } from "../../provider/hosts/live/placement.js";
import type { BackupTargetRef } from "../../provider/model/backup-target.js";
import { stackOf } from "../../provider/model/common.js";
import type { HostRef } from "../../provider/model/connection.js";
import { parseStackResources, type StackResources, type UnreadResource } from "./stack-resources.js";
import type { StateOutputs } from "./state-schemas.js";

/** A volume as the state knows it. */
export interface StackVolume {
  /** Name of the Volume resource; that of the logical volume when the volume is of another stack. */
  readonly resource: string;
  /** The volume's own id. */
  readonly volumeId: string;
  /** Volume group and name, such as `fast/data`. */
  readonly logicalVolume: string;
  readonly host: HostRef;
}

/** A machine that the stack has something on. */
export interface StackHost extends HostRef {
  /** The events that the stack's resources there point to. */
  readonly anchors: readonly Anchor[];
}

/** A volume of the stack, and a target that it is backed up to. */
export interface StackBackup extends StackVolume {
  readonly target: BackupTargetRef;
}

/** A volume of the stack under a policy. */
export interface StackSchedule extends StackBackup {
  /** The BackupSchedule's id, by which its units on the host are named. */
  readonly id: string;
  /** Name of the policy. */
  readonly policy: string;
  /** When backups are made, as the policy says. */
  readonly schedule: string;
  /** Age of the newest recovery point above which it is late. */
  readonly maxAgeSeconds: number;
  /** Time for one run. */
  readonly deadlineSeconds: number;
  /** Name of a time zone of IANA, which the schedule is in, and in which the days of the retention begin. */
  readonly timeZone: string;
  /** The policy's keep rules as the program on the host takes them; undefined when every recovery point is kept. */
  readonly retention: StateOutputs<"BackupSchedule">["retention"];
}

/** What a stack's state says of hosts and of what is on them. */
export interface StackState {
  /** One a machine, by name: those of Host resources, and those of other stacks that a resource of this one is on. */
  readonly hosts: readonly StackHost[];
  readonly volumes: readonly StackVolume[];
  /** What the program says of its thin pools, by LVM's UUID of each. */
  readonly pools: ReadonlyMap<string, PoolLimits>;
  /** One a volume and target: those under a policy, and those of a Backup resource. */
  readonly backups: readonly StackBackup[];
  readonly schedules: readonly StackSchedule[];
  readonly known: KnownResources;
  /** Resources of ours that could not be read; nothing above is from them but what is in `known`. */
  readonly unread: readonly UnreadResource[];
}

/** Reads what `pulumi stack export --show-secrets` prints. */
export function parseStackState(text: string): StackState {
  const { read, unread, ids } = parseStackResources(text);
  const { Volume: volumes, Attachment: attachments, Snapshot: snapshots } = read;
  const schedules = read.BackupSchedule.map((each) => stackSchedule(each, volumes));
  const backups = [...schedules, ...read.Backup.map((each) => stackBackup(each, volumes))];
  const anchors = [
    ...volumes.map(({ resource, outputs }) => ({ ...outputs, resource: `Volume "${resource}"` })),
    ...attachments.map(({ resource, outputs }) => ({ ...outputs, resource: `Attachment "${resource}"` })),
    ...snapshots.map(({ resource, outputs }) => ({ ...outputs, resource: `Snapshot "${resource}"` })),
  ].filter(({ event }) => event !== "");
  return {
    hosts: hostsOf(read).map((host) => ({
      ...host,
      anchors: anchors
        .filter((anchor) => anchor.host.machineId === host.machineId)
        .map(({ event, resource }) => ({ hash: event, resource })),
    })),
    volumes: volumes.map(({ resource, outputs: { volumeId, volumeGroup, name, host } }) => ({
      resource,
      volumeId,
      logicalVolume: `${volumeGroup}/${name}`,
      host,
    })),
    pools: new Map(read.ThinPool.map(({ outputs }) => [outputs.uuid, outputs])),
    backups: backups
      .filter((each, index) => backups.findIndex((other) => isSameBackup(each, other)) === index)
      .map(({ resource, volumeId, logicalVolume, host, target }) => ({
        resource,
        volumeId,
        logicalVolume,
        host,
        target,
      })),
    schedules,
    known: knownOf(ids),
    unread,
  };
}

function knownOf({ owner, ...known }: StackResources["ids"]): KnownResources {
  return { stack: stackOf(owner), ...known };
}

type Read = StackResources["read"];

/** The machines of Host resources, and those that other resources are on. */
function hostsOf({ Host, ...others }: Read): HostRef[] {
  // A Host's own `host` comes from the program, which does not know the machine.
  const declared = Host.map(({ outputs: { host, machineId } }) => ({ ...host, machineId }));
  const used = Object.values(others).flatMap((resources) => resources.map(({ outputs }) => outputs.host));
  return onePerMachine([...declared, ...used]);
}

function stackBackup(
  { outputs: { volumeId, volumeGroup, volumeName, host, target } }: Read["Backup" | "BackupSchedule"][number],
  volumes: Read["Volume"],
): StackBackup {
  const resource = volumes.find(({ outputs }) => outputs.volumeId === volumeId)?.resource ?? volumeName;
  return { resource, volumeId, logicalVolume: `${volumeGroup}/${volumeName}`, host, target };
}

function stackSchedule(each: Read["BackupSchedule"][number], volumes: Read["Volume"]): StackSchedule {
  const { policy, schedule, maxAgeSeconds, deadline, timeZone, retention } = each.outputs;
  return {
    ...stackBackup(each, volumes),
    id: each.id,
    policy,
    schedule,
    maxAgeSeconds,
    deadlineSeconds: deadline,
    timeZone,
    retention,
  };
}

/** Whether both are about one volume and one target. */
export const isSameBackup = (one: StackBackup, other: StackBackup): boolean =>
  one.volumeId === other.volumeId && one.target.name === other.target.name;

/** The first one of each machine: a Host's connection is what the program says today. Sorted, as a state has no order of its own. */
function onePerMachine(hosts: readonly HostRef[]): HostRef[] {
  return hosts
    .filter(({ machineId }, index) => hosts.findIndex((other) => other.machineId === machineId) === index)
    .sort((a, b) => a.name.localeCompare(b.name));
}
