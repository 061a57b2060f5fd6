import { type BackupHost, succeeded, type Volume } from "./backup-host.js";
import type { Failure } from "./printed.js";
import { scheduleDocument } from "./schedule-document.js";

export const PROGRAMS = "/usr/local/lib/pulumi-lvm/current";

interface Drilled {
  readonly recoveryPoint: { readonly id: string };
  readonly digest: string;
  readonly bytesWritten: number;
  readonly fileSystem: string;
}
interface Verified {
  readonly recoveryPoint: { readonly id: string; readonly verified: string | null };
  readonly bytesCompared: number;
  readonly segments: number;
  readonly dataParts: readonly string[];
}
interface Drill {
  readonly isSuccess: boolean;
  readonly recoveryPoint?: string;
  readonly fileSystem?: string;
  readonly durationSeconds: number;
  readonly failure?: Failure;
}

/** Drills and verifications on a host, and what they leave behind. */
export function drillsOn(on: BackupHost) {
  /** Of the newest recovery point. */
  const drill = (volume: Volume, more: Record<string, unknown> = {}) =>
    on.run<Drilled>("drill", scheduleDocument(volume, more));
  const statusOf = (volume: Volume) =>
    volume.status() as Promise<{
      lastDrill?: Drill;
      lastDrillSuccess?: Drill;
      dataRead?: { next: number; of: number };
    }>;
  /** The recovery points with whether each is verified, the oldest first. */
  const marks = async (volume: Volume) =>
    succeeded(
      await on.run<{ recoveryPoints: { id: string; verified: string | null }[] }>("list", volume.request),
    ).recoveryPoints.map(({ id, verified }) => [id, verified !== null]);
  /** Scratch volumes that are there. */
  const scratches = async () => Number(await on.sh("lvs --noheadings -o lv_tags | grep -c drill-of= || :"));
  return {
    drill,
    statusOf,
    marks,
    scratches,
    verifyNewest: (volume: Volume, verification?: Record<string, unknown>) => verifyNewest(on, volume, verification),
  };
}

/** What follows a backup by schedule. */
async function verifyNewest(
  on: BackupHost,
  volume: Volume,
  verification: Record<string, unknown> = {},
): Promise<{ outcome?: Verified; failure?: Failure }> {
  const document = scheduleDocument(volume, { verification: { afterBackup: true, ...verification } });
  const program = `import json, sys
sys.path.insert(0, "${PROGRAMS}/backup")
from commands.verify import verify_newest
from runtime.failure import Failure
from runtime.progress import Progress
from runtime.request import read_request
try:
    found = {"outcome": verify_newest(read_request(json.load(sys.stdin)), Progress())}
except Failure as failure:
    found = {"failure": failure.as_json()}
print(json.dumps(found))`;
  const printed = await on.sh(`cat >/run/lab-verify.py <<'END'\n${program}\nEND
unshare --mount --propagation private python3 -E -s /run/lab-verify.py <<'END'\n${JSON.stringify(document)}\nEND
rm /run/lab-verify.py`);
  return JSON.parse(printed.trim().split("\n").at(-1) ?? "") as { outcome?: Verified; failure?: Failure };
}
