import { defineResource } from "../define-resource.js";
import { programRequest, repositoryUrl, SPARE_SECONDS } from "../hosts/backups/backup-request.js";
import { tellProgress } from "../hosts/backups/progress.js";
import { actorJson } from "../hosts/events/actor.js";
import { extentBytesOf, identityOf, volumeGroupNamed } from "../hosts/observation/lookup.js";
import type { LogicalVolume } from "../hosts/observation/lvm-report.js";
import { declaredBytes, type VolumeInputs, volumeInputs } from "../model/inputs/volume.js";
import { parseSize, roundToExtents } from "../model/size.js";
import { isUnfinished, labelsOf, labelTags, TAG_PREFIX, tagValue } from "../model/tag.js";
import { checkSource } from "./check-source.js";
import { checkVolume } from "./check-volume.js";
import { claimOf, claimVariables } from "./own-volume.js";
import { unseen } from "./unseen.js";

/** What the state holds of a volume. */
export type VolumeOutputs = VolumeInputs & {
  /** The volume's own id; it stays the same when names, hosts and LVM's UUIDs change. */
  volumeId: string;
  /** LVM's UUID of the logical volume. */
  uuid: string;
  /** Actual size in bytes. */
  sizeBytes: number;
  extentBytes: number;
  devicePath: string;
  /** What only the guest can do, such as growing a mounted file system; "" when there is nothing to do. */
  guestAction: string;
  /** SHA-256 of the event that made or last changed it: the state's anchor in the host's log. */
  event: string;
};

/** Zeroing runs at the speed of the disk; this is a slow one. */
const ZERO_BYTES_PER_SECOND = 50 * 2 ** 20;
const DAY_SECONDS = 86_400;
/** A restore takes as long as the network needs. */
const RESTORE_SECONDS = 7 * DAY_SECONDS;

/** The logical volume of the resource with the identity, unless it was deleted and only waits for the reaper. */
function findVolume(identity: string, logicalVolumes: readonly LogicalVolume[]): LogicalVolume | undefined {
  return logicalVolumes.find(
    ({ lv_tags, lv_uuid }) =>
      identityOf(lv_tags, lv_uuid) === identity && tagValue(lv_tags, "reap-after") === undefined,
  );
}

const isPending = (lv: LogicalVolume, step: string): boolean => lv.lv_tags.includes(`${TAG_PREFIX}pending=${step}`);

function isWorkDue(lv: LogicalVolume): boolean {
  const isAttached = tagValue(lv.lv_tags, "attachment") !== undefined;
  return isUnfinished(lv.lv_tags) || (isPending(lv, "grow") && !isAttached);
}

export const volume = defineResource<typeof volumeInputs, VolumeOutputs>({
  script: "volume",
  noun: "volume",
  inputs: volumeInputs,

  declare(inputs, declarations) {
    const { owner, volumeGroup, name, pool, adopt } = inputs;
    const sizeBytes = declaredBytes(inputs);
    declarations.volumes.set(owner, { ...claimOf(inputs), volumeGroup, name, pool, adopt, sizeBytes });
  },

  check: checkVolume,

  reconcile: (inputs, id) => ({
    title: `set up volume "${inputs.volumeGroup}/${inputs.name}"`,
    call: "reconcile",
    // What a linear volume grows by is zeroed on the spot, and that takes its time.
    seconds: inputs.pool === undefined ? Math.ceil(declaredBytes(inputs) / ZERO_BYTES_PER_SECOND) : 0,
    variables: variables(inputs, id),
  }),

  identitiesOf: (owner, { logicalVolumes }) =>
    logicalVolumes
      .filter(({ lv_tags }) => tagValue(lv_tags, "owner") === owner && tagValue(lv_tags, "id") !== undefined)
      .map(({ lv_tags, lv_uuid }) => identityOf(lv_tags, lv_uuid)),

  longStep(inputs, id, { logicalVolumes }) {
    const found = findVolume(inputs.identity ?? id, logicalVolumes);
    if (found === undefined || !isWorkDue(found)) return undefined;
    return {
      title: `finish volume "${inputs.volumeGroup}/${inputs.name}"`,
      script: "volume-long",
      call: "long_step",
      isLong: isPending(found, "restore") || isPending(found, "zero"),
      seconds:
        Math.ceil(found.lv_size / ZERO_BYTES_PER_SECOND) +
        (isPending(found, "restore") ? RESTORE_SECONDS + SPARE_SECONDS : 0),
      onLine: tellProgress(`Restore of volume "${inputs.volumeGroup}/${inputs.name}"`),
      variables: { ...variables(inputs, id), ...restoreVariables(inputs, found) },
    };
  },

  idOf: (facts) => facts.get("id") ?? "",

  outputs({ id, inputs, observation, facts, previous }) {
    const found = findVolume(inputs.identity ?? id, observation.logicalVolumes);
    if (found === undefined) {
      if (volumeGroupNamed(observation, inputs.volumeGroup) !== undefined) return undefined;
      throw unseen(inputs.host.name, `volume "${inputs.volumeGroup}/${inputs.name}"`, "volume", inputs.volumeGroup);
    }
    return {
      ...inputs,
      volumeGroup: found.vg_name,
      // Until a restore is whole, its logical volume has a name of its own.
      name: isPending(found, "restore") ? inputs.name : found.lv_name,
      labels: labelsOf(found.lv_tags),
      size: inputs.size ?? `${found.lv_size}B`,
      volumeId: id,
      uuid: found.lv_uuid,
      sizeBytes: found.lv_size,
      extentBytes: extentBytesOf(observation, found.vg_name),
      devicePath: `/dev/${found.vg_name}/${found.lv_name}`,
      guestAction: guestAction(found, facts, previous),
      event: facts.get("event") ?? previous?.event ?? "",
    };
  },

  checkOnHost: checkSource,

  refuse(before, after) {
    // A source matters once, so it may go when the volume is made; another one would promise what is not done.
    if (sourceText(after) === NO_SOURCE || sourceText(before) === sourceText(after)) return [];
    return [
      {
        property: "source",
        problem: {
          summary: `Cannot change source of volume "${after.volumeGroup}/${after.name}" on host "${after.host.name}"`,
          detail: `it is ${sourceText(before)}, and the program says ${sourceText(after)}`,
          next: "A volume is never overwritten: set source back or leave it out, or declare a new Volume with it",
        },
      },
    ];
  },

  drift: (inputs, outputs) =>
    inputs.size === undefined || roundToExtents(parseSize(inputs.size), outputs.extentBytes) === outputs.sizeBytes
      ? []
      : ["size"],

  remove: (outputs, id) => ({
    title: `delete volume "${outputs.volumeGroup}/${outputs.name}"`,
    script: "volume-remove",
    call: "remove",
    variables: variables(outputs, id),
  }),
});

const NO_SOURCE = "none";

/** What a source means, without what opens it. */
function sourceText({ source, clone }: VolumeInputs): string {
  if (clone !== undefined) return `${clone.from} ${clone.id}`;
  if (source === undefined) return NO_SOURCE;
  return `recovery point ${JSON.stringify(source.recoveryPoint)} in ${repositoryUrl(source.target, source.volumeId)}`;
}

function restoreVariables(
  { source }: VolumeInputs,
  { vg_name, lv_name, lv_uuid }: LogicalVolume,
): Record<string, string> {
  if (source === undefined) return {};
  const { target, volumeId: from, recoveryPoint } = source;
  const device = { device: `/dev/${vg_name}/${lv_name}`, expectLvUuid: lv_uuid };
  const limits = { deadlineSeconds: RESTORE_SECONDS };
  return { RESTORE: programRequest(target, from, { recoveryPoint, limits, ...device }) };
}

function guestAction(
  found: LogicalVolume,
  facts: ReadonlyMap<string, string>,
  previous: VolumeOutputs | undefined,
): string {
  if (isPending(found, "grow") && tagValue(found.lv_tags, "attachment") !== undefined) {
    return "The volume has grown while attached: run resize2fs on its device in the guest";
  }
  if (facts.get("grown") === "yes") return "The volume has grown: run xfs_growfs on its mount point in the guest";
  // Nobody can see from outside whether the guest has done it, so a refresh leaves the reminder as it is.
  return facts.size === 0 && !isPending(found, "grow") && previous?.fileSystem === "xfs" ? previous.guestAction : "";
}

function variables(inputs: VolumeInputs, id: string | undefined): Record<string, string> {
  const claim = claimVariables(inputs, id);
  return {
    ...claim,
    ID: id ?? claim.IDENTITY,
    IS_NEW: id === undefined ? "yes" : "no",
    VG: inputs.volumeGroup,
    LV: inputs.name,
    POOL: inputs.pool ?? "",
    SIZE: String(declaredBytes(inputs)),
    FILE_SYSTEM: inputs.fileSystem,
    LABELS: labelTags(inputs.labels).join(" "),
    ADOPT: inputs.adopt ?? "",
    RESTORE: "",
    SOURCE: inputs.source === undefined ? "" : inputs.source.volumeId,
    CLONE_OF: inputs.clone?.id ?? "",
    CLONE_BY: inputs.clone?.from === "volume" ? "id" : "identity",
    OVERCOMMIT: String(inputs.maxOvercommit),
    UNZEROED: inputs.allowUnzeroedChunks ? "yes" : "no",
    POLICY: inputs.deletionPolicy,
    GRACE: String(Math.round(inputs.graceDays * DAY_SECONDS)),
    UNVERIFIED: inputs.deleteUnverified === true ? "yes" : "no",
    ACTOR: actorJson(inputs.owner),
  };
}
