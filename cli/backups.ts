import type { Command } from "commander";
import { Option } from "commander";
import { listRecoveryPoints } from "../provider/backup/ask-backup-program.js";
import type { RecoveryPoint } from "../provider/backup/recovery-point.js";
import { HostError } from "../provider/host/errors.js";
import { formatSize } from "../provider/schema/size.js";
import type { HostFailure } from "./ask-hosts.js";
import type { BackupOptions } from "./chosen-backup.js";
import { stackCommand } from "./stack-command.js";
import type { StackBackup } from "./stack-state.js";
import { table } from "./table.js";

interface BackupsOptions extends BackupOptions {
  readonly volume?: string;
}

const TITLES = ["VOLUME", "TARGET", "TAKEN", "SIZE", "QUIESCED", "VERIFIED", "RECOVERY POINT"];

/** `pulumi-lvm backups` */
export function backupsCommand(): Command {
  const summary = "list the recovery points of the stack's volumes, the newest last";
  return stackCommand<BackupsOptions>("backups", summary, async ({ backups }, hosts, options) => {
    const wanted = backups.filter(
      (each) =>
        hosts.some(({ machineId }) => machineId === each.host.machineId) &&
        [undefined, each.volume, each.volumeId, each.volumeName].includes(options.volume) &&
        [undefined, each.target.name].includes(options.target),
    );
    const found = await Promise.all(wanted.map((each) => ask(each, hosts)));
    const lists = found.filter((each) => "points" in each);
    const rows = lists.flatMap(({ backup, points }) => points.map((point) => row(backup, point)));
    return {
      json: {
        volumes: lists.map(({ backup: { volume, volumeId, target }, points }) => ({
          volume,
          volumeId,
          target: target.name,
          recoveryPoints: points,
        })),
      },
      text: rows.length === 0 ? "No recovery points" : table(TITLES, rows),
      failures: found.filter((each) => "error" in each),
      hasFindings: false,
    };
  })
    .addOption(new Option("--volume <id|name>", "only this volume: its id, its Volume resource, or its logical volume"))
    .addOption(new Option("--target <name>", "only this target, by the name of its BackupTarget"));
}

async function ask(
  backup: StackBackup,
  hosts: readonly { machineId: string; connection: StackBackup["host"]["connection"] }[],
): Promise<{ backup: StackBackup; points: RecoveryPoint[] } | HostFailure> {
  const host = { ...backup.host, ...hosts.find(({ machineId }) => machineId === backup.host.machineId) };
  try {
    return { backup, points: await listRecoveryPoints(pick(host), backup.target, backup.volumeId) };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return { host: backup.host.name, error: error.message };
  }
}

const pick = ({ name, machineId, connection }: StackBackup["host"]) => ({ name, machineId, connection });

function row({ volume, target }: StackBackup, point: RecoveryPoint): string[] {
  const { time, sizeBytes, quiesced, verified, id } = point;
  return [volume, target.name, time, formatSize(sizeBytes), quiesced ? "yes" : "no", verified ?? "never", id];
}
