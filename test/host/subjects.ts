import type { Kind } from "../../provider/index.js";
import type { Subject } from "./subject.js";
import { attachment } from "./subjects/attachment.js";
import { backup } from "./subjects/backup.js";
import { backupSchedule } from "./subjects/backup-schedule.js";
import { host } from "./subjects/host.js";
import { thinPool } from "./subjects/thin-pool.js";
import { linearVolume, thinVolume } from "./subjects/volume.js";
import { volumeGroup } from "./subjects/volume-group.js";

/** What a kind hands to the conformance suite. A new kind does not compile without. What is cut of a snapshot has a suite of its own. */
export const subjects: Record<Exclude<Kind, "snapshot">, readonly [Subject, ...Subject[]]> = {
  host: [host],
  volumeGroup: [volumeGroup],
  thinPool: [thinPool],
  volume: [thinVolume, linearVolume],
  attachment: [attachment],
  backup: [backup],
  backupSchedule: [backupSchedule],
};
