import type { Command } from "commander";
import { Option } from "commander";
import { listBackedUpVolumes, listRecoveryPoints } from "../provider/backup/ask-backup-program.js";
import type { RecoveryPoint } from "../provider/backup/recovery-point.js";
import { HostError } from "../provider/host/errors.js";
import type { BackupTargetRef } from "../provider/schema/backup-target.js";
import type { HostRef } from "../provider/schema/connection.js";
import { formatSize } from "../provider/schema/size.js";
import type { HostFailure } from "./ask-hosts.js";
import type { BackupOptions } from "./chosen-backup.js";
import { shortOwner } from "./short-owner.js";
import { stackCommand } from "./stack-command.js";
import type { StackBackup, StackState } from "./stack-state.js";
import { table } from "./table.js";

interface BackupsOptions extends BackupOptions {
  readonly volume?: string;
  readonly all?: true;
}

/** A volume whose recovery points are listed. */
interface Listed {
  readonly volume: string;
  readonly volumeId: string;
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
    const others =
      options.all === true ? await Promise.all(perTarget(known).map((each) => askOthers(each, state))) : [];
    const wanted = [...known, ...others.filter((each) => Array.isArray(each)).flat()].filter(
      (each) =>
        options.volume === undefined ||
        [each.volume, each.volumeId, "volumeName" in each ? each.volumeName : ""].includes(options.volume),
    );
    const found = await Promise.all(wanted.map(ask));
    const lists = found.filter((each) => "points" in each);
    const rows = lists.flatMap(({ listed, points }) => points.map((point) => row(listed, point)));
    return {
      json: {
        volumes: lists.map(({ listed: { volume, volumeId, target }, points }) => ({
          volume,
          volumeId,
          target: target.name,
          recoveryPoints: points,
        })),
      },
      text: rows.length === 0 ? "No recovery points" : table(TITLES, rows),
      failures: [...others.filter((each) => "error" in each), ...found.filter((each) => "error" in each)],
      hasFindings: false,
    };
  })
    .addOption(new Option("--volume <id|name>", "only this volume: its id, its Volume resource, or its logical volume"))
    .addOption(new Option("--target <name>", "only this target, by the name of its BackupTarget"))
    .addOption(
      new Option("--all", "all volumes in the stack's targets: those of other stacks and those that are gone too"),
    );
}

const perTarget = (backups: readonly StackBackup[]): StackBackup[] =>
  backups.filter(({ target }, index) => backups.findIndex((each) => each.target.name === target.name) === index);

/** The volumes in a target that no Backup of the stack is about. */
async function askOthers(
  { host, target }: StackBackup,
  { backups, known }: StackState,
): Promise<Listed[] | HostFailure> {
  try {
    return (await listBackedUpVolumes(host, target))
      .filter(({ volume }) => !backups.some((each) => each.volumeId === volume && each.target.name === target.name))
      .map(({ volume, name, stack }) => ({
        volume: name === "" ? volume : shortOwner(`${stack}/volume/${name}`, known.stack),
        volumeId: volume,
        target,
        host,
      }));
  } catch (error) {
    return failureAt(host, error);
  }
}

async function ask(listed: Listed): Promise<{ listed: Listed; points: RecoveryPoint[] } | HostFailure> {
  try {
    return { listed, points: await listRecoveryPoints(listed.host, listed.target, listed.volumeId) };
  } catch (error) {
    return failureAt(listed.host, error);
  }
}

function failureAt({ name }: HostRef, error: unknown): HostFailure {
  if (!(error instanceof HostError)) throw error;
  return { host: name, error: error.message };
}

function row({ volume, target }: Listed, point: RecoveryPoint): string[] {
  const { time, sizeBytes, quiesced, verified, id } = point;
  return [volume, target.name, time, formatSize(sizeBytes), quiesced ? "yes" : "no", verified ?? "never", id];
}
