import type { Command } from "commander";
import { Option } from "commander";
import { listBackedUpVolumes, listRecoveryPoints } from "../../provider/hosts/backups/call-backup-program.js";
import type { RecoveryPoint } from "../../provider/hosts/backups/recovery-point.js";
import type { BackupTargetRef } from "../../provider/model/backup-target.js";
import type { HostRef } from "../../provider/model/connection.js";
import { formatSize } from "../../provider/model/size.js";
import { callHosts } from "../stack/call-hosts.js";
import type { BackupOptions } from "../stack/chosen-backup.js";
import { stackCommand } from "../stack/stack-command.js";
import type { StackBackup, StackState } from "../stack/stack-state.js";
import { isVolume, type VolumeNames, volumeOption } from "../stack/volume-choice.js";
import { shortOwner } from "../terminal/short-owner.js";
import { table } from "../terminal/table.js";

interface BackupsOptions extends BackupOptions {
  readonly volume?: string;
  readonly all?: true;
}

/** A volume whose recovery points are listed. */
interface Listed {
  /** Of the host that reads them. */
  readonly name: string;
  /** Name of the Volume resource; for one of another stack, whose volume it was or is, or its id. */
  readonly resource: string;
  readonly volumeId: string;
  /** Undefined when the volume is gone, or of another stack. */
  readonly logicalVolume: string | undefined;
  readonly target: BackupTargetRef;
  readonly host: HostRef;
}

const TITLES = ["VOLUME", "TARGET", "TAKEN", "SIZE", "QUIESCED", "VERIFIED", "RECOVERY POINT"];

/** `pulumi-lvm backups` */
export function backupsCommand(): Command {
  const summary = "list the recovery points of the stack's volumes, the newest last";
  return stackCommand<BackupsOptions>("backups", summary, async (state, hosts, options) => {
    const known = state.backups.filter(
      ({ host, target }) =>
        hosts.some(({ machineId }) => machineId === host.machineId) &&
        [undefined, target.name].includes(options.target),
    );
    const others = await callHosts(options.all === true ? perTarget(known) : [], (each) => otherVolumes(each, state));
    const chosen = chosenVolumes([...known.map(listed), ...others.answers.flat()], options.volume);
    const found = await callHosts(chosen, async (each) => ({
      ...each,
      points: await listRecoveryPoints(each.host, each.target, each.volumeId),
    }));
    const rows = found.answers.flatMap((each) => each.points.map((point) => row(each, point)));
    return {
      json: {
        volumes: found.answers.map(({ resource, volumeId, target, points }) => ({
          volume: resource,
          volumeId,
          target: target.name,
          recoveryPoints: points,
        })),
      },
      text: table(TITLES, rows, "No recovery points"),
      failures: [...others.failures, ...found.failures],
      hasFindings: false,
    };
  })
    .addOption(volumeOption())
    .addOption(new Option("--target <name>", "only this target, by the name of its BackupTarget"))
    .addOption(
      new Option("--all", "all volumes in the stack's targets: those of other stacks and those that are gone too"),
    );
}

/** Those that `--volume` means; all without it. */
export function chosenVolumes<V extends VolumeNames>(volumes: readonly V[], choice: string | undefined): V[] {
  return volumes.filter((each) => choice === undefined || isVolume(choice, each));
}

function listed({ resource, volumeId, logicalVolume, target, host }: StackBackup): Listed {
  return { name: host.name, resource, volumeId, logicalVolume, target, host };
}

const perTarget = (backups: readonly StackBackup[]): Listed[] =>
  backups
    .filter(({ target }, index) => backups.findIndex((each) => each.target.name === target.name) === index)
    .map(listed);

/** The volumes in a target that no Backup of the stack is about. */
async function otherVolumes({ host, target }: Listed, { backups, known }: StackState): Promise<Listed[]> {
  return (await listBackedUpVolumes(host, target))
    .filter(({ volumeId }) => !backups.some((each) => each.volumeId === volumeId && each.target.name === target.name))
    .map(({ volumeId, name, stack }) => {
      const resource = name === "" ? volumeId : shortOwner(`${stack}/volume/${name}`, known.stack);
      return { name: host.name, resource, volumeId, logicalVolume: undefined, target, host };
    });
}

function row({ resource, target }: Listed, point: RecoveryPoint): string[] {
  const { time, sizeBytes, quiesced, verified, id } = point;
  return [resource, target.name, time, formatSize(sizeBytes), quiesced ? "yes" : "no", verified ?? "never", id];
}
