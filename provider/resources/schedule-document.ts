import { createHash } from "node:crypto";
import { programRequest } from "../hosts/backups/backup-request.js";
import { stackOf } from "../model/common.js";
import type { BackupScheduleInputs } from "../model/inputs/backup-schedule.js";
import { policyMembers } from "../model/policy/policy-members.js";

/**
 * The request that each run of a schedule gets, as JSON that holds secrets. It lacks the schedule's id, which the host adds as its last
 * member: a create that was cut short has one there already.
 */
export function scheduleDocument(inputs: BackupScheduleInputs): string {
  const { target, volumeId, volumeName, host, owner, policy } = inputs;
  const { maxAgeSeconds, ...members } = policyMembers(inputs);
  return programRequest(target, volumeId, {
    volume: { id: volumeId },
    identity: { name: volumeName, stack: stackOf(owner), host: host.name },
    policy: { name: policy, maxAgeSeconds },
    ...members,
  });
}

/** SHA-256 of the document as it lies on the host; `reconcile` in backup-schedule.sh adds the id in the same way. */
export function documentDigest(document: string, id: string): string {
  return fileDigest(`${document.slice(0, -1)},"schedule":"${id}"}`);
}

/** SHA-256 of a file that holds the text and a newline. */
export function fileDigest(text: string): string {
  return createHash("sha256").update(`${text}\n`).digest("hex");
}
