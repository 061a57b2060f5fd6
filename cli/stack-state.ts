import type { Anchor } from "../provider/events/event-log.js";
import type { KnownResources } from "../provider/live/orphans.js";
import type { BackupTargetRef } from "../provider/schema/backup-target.js";
import { stackOf } from "../provider/schema/common.js";
import type { HostRef } from "../provider/schema/connection.js";
import { parseStackResources } from "./stack-resources.js";

/** A volume as the state knows it. */
export interface StackVolume {
  /** Name of the Volume resource. */
  readonly resource: string;
  /** The volume's own id. */
  readonly id: string;
  /** Volume group and name, such as `fast/data`. */
  readonly logicalVolume: string;
}

/** A machine that the stack has something on. */
export interface StackHost extends HostRef {
  /** The events that the stack's resources there point to. */
  readonly anchors: readonly Anchor[];
}

/** A volume of the stack, and a target that it is backed up to. */
export interface StackBackup {
  /** Name of the Volume resource; that of the logical volume when the volume is of another stack. */
  readonly volume: string;
  readonly volumeId: string;
  readonly volumeGroup: string;
  readonly volumeName: string;
  readonly host: HostRef;
  readonly target: BackupTargetRef;
}

/** What a stack's state says of hosts and of what is on them. */
export interface StackState {
  /** One a machine, by name: those of Host resources, and those of other stacks that a resource of this one is on. */
  readonly hosts: readonly StackHost[];
  readonly volumes: readonly StackVolume[];
  /** One a volume and target. */
  readonly backups: readonly StackBackup[];
  readonly known: KnownResources;
}

/**
 * Reads what `pulumi stack export --show-secrets` prints.
 * @throws {CliError} If a resource of ours has another form than this release knows. The message holds no value of the state.
 */
export function parseStackState(text: string): StackState {
  const { hosts, groups, pools, volumes, attachments, backups } = parseStackResources(text);
  // A Host's own `host` comes from the program, which does not know the machine.
  const declared = hosts.map(({ outputs: { host, machineId } }) => ({ ...host, machineId }));
  const used = [...groups, ...pools, ...volumes, ...attachments].map(({ outputs }) => outputs.host);
  const anchors = [
    ...volumes.map(({ resource, outputs }) => ({ ...outputs, resource: `Volume "${resource}"` })),
    ...attachments.map(({ resource, outputs }) => ({ ...outputs, resource: `Attachment "${resource}"` })),
  ].filter(({ event }) => event !== "");
  const [first] = [...hosts, ...groups, ...pools, ...volumes, ...attachments];
  return {
    hosts: onePerMachine([...declared, ...used]).map((host) => ({
      ...host,
      anchors: anchors
        .filter((anchor) => anchor.host.machineId === host.machineId)
        .map(({ event, resource }) => ({ hash: event, resource })),
    })),
    volumes: volumes.map(({ resource, outputs: { volumeId, volumeGroup, name } }) => ({
      resource,
      id: volumeId,
      logicalVolume: `${volumeGroup}/${name}`,
    })),
    backups: backups
      .filter(
        ({ outputs: { volumeId, target } }, index) =>
          backups.findIndex(({ outputs }) => outputs.volumeId === volumeId && outputs.target.name === target.name) ===
          index,
      )
      .map(({ outputs: { volumeId, volumeGroup, volumeName, host, target } }) => ({
        volume: volumes.find(({ outputs }) => outputs.volumeId === volumeId)?.resource ?? volumeName,
        volumeId,
        volumeGroup,
        volumeName,
        host,
        target,
      })),
    known: {
      stack: stackOf(first?.outputs.owner ?? ""),
      volumes: new Set(volumes.map(({ outputs }) => outputs.volumeId)),
      attachments: new Set(attachments.map(({ outputs }) => outputs.attachmentId)),
      pools: new Set(pools.map(({ outputs }) => outputs.uuid)),
    },
  };
}

/** The first one of each machine: a Host's connection is what the program says today. Sorted, as a state has no order of its own. */
function onePerMachine(hosts: readonly HostRef[]): HostRef[] {
  return hosts
    .filter(({ machineId }, index) => hosts.findIndex((other) => other.machineId === machineId) === index)
    .sort((a, b) => a.name.localeCompare(b.name));
}
