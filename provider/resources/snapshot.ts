import { defineResource } from "../define-resource.js";
import { actorJson } from "../hosts/events/actor.js";
import { snapshotTime, snapshotWith } from "../hosts/live/snapshots.js";
import { extentBytesOf, identityOf, volumeGroupNamed } from "../hosts/observation/lookup.js";
import { type SnapshotInputs, snapshotInputs } from "../model/inputs/snapshot.js";
import { parseSize, roundToExtents } from "../model/size.js";
import { labelsOf, labelTags, tagValue } from "../model/tag.js";
import { checkSnapshot } from "./check-snapshot.js";
import { claimVariables } from "./own-volume.js";
import { unseen } from "./unseen.js";

type Outputs = SnapshotInputs & {
  /** Id of the snapshot, which its events carry. */
  snapshotId: string;
  /** LVM's UUID of the logical volume. */
  uuid: string;
  /** When it was taken by the host's clock, in UTC. */
  time: string;
  /** Bytes that it shows: the size of its volume then. */
  sizeBytes: number;
  /** Bytes of room for what is overwritten in a linear volume; 0 for one in a thin pool. */
  roomBytes: number;
  extentBytes: number;
  /** Path of its device; there only while somebody has activated it. */
  devicePath: string;
  isReadOnly: boolean;
  /** False when the snapshot of a linear volume has run full, and shows nothing any more. */
  isValid: boolean;
  /** SHA-256 of the event that made it: the state's anchor in the host's log. */
  event: string;
};

export const snapshot = defineResource<typeof snapshotInputs, Outputs>({
  script: "snapshot",
  noun: "snapshot",
  inputs: snapshotInputs,

  check: checkSnapshot,

  reconcile: (inputs, id) => ({
    title: `take snapshot "${inputs.name}" of volume "${inputs.volumeGroup}/${inputs.volumeName}"`,
    call: "reconcile",
    variables: variables(inputs, id),
  }),

  idOf: (facts) => facts.get("id") ?? "",

  identitiesOf: (owner, { logicalVolumes }) =>
    logicalVolumes
      .filter(({ lv_tags }) => tagValue(lv_tags, "owner") === owner && tagValue(lv_tags, "snapshot-of") !== undefined)
      .map(({ lv_tags, lv_uuid }) => identityOf(lv_tags, lv_uuid)),

  outputs({ id, inputs, observation, facts, previous }) {
    const found = snapshotWith(observation, inputs.identity ?? id);
    if (found === undefined) {
      if (volumeGroupNamed(observation, inputs.volumeGroup) !== undefined) return undefined;
      throw unseen(inputs.host.name, `snapshot "${inputs.volumeGroup}/${inputs.name}"`, "snapshot", inputs.volumeGroup);
    }
    const isThin = found.pool_lv !== "";
    return {
      ...inputs,
      volumeGroup: found.vg_name,
      name: found.lv_name,
      labels: labelsOf(found.lv_tags),
      snapshotId: id,
      uuid: found.lv_uuid,
      time: snapshotTime(found),
      sizeBytes: isThin ? found.lv_size : (found.origin_size ?? 0),
      roomBytes: isThin ? 0 : found.lv_size,
      extentBytes: extentBytesOf(observation, found.vg_name),
      devicePath: `/dev/${found.vg_name}/${found.lv_name}`,
      isReadOnly: found.lv_permissions.startsWith("read-only"),
      isValid: found.lv_snapshot_invalid !== "snapshot invalid",
      event: facts.get("event") ?? previous?.event ?? "",
    };
  },

  drift(inputs, outputs) {
    const { size } = inputs;
    // LVM gives it no more than it can ever use, which is a little more than its volume has.
    const isRoomy =
      outputs.roomBytes > outputs.sizeBytes ||
      size === undefined ||
      outputs.roomBytes === 0 ||
      roundToExtents(parseSize(size), outputs.extentBytes) === outputs.roomBytes;
    return [...(isRoomy ? [] : ["size"]), ...(outputs.isReadOnly ? [] : ["isReadOnly"])];
  },

  remove: (outputs, id) => ({
    title: `delete snapshot "${outputs.volumeGroup}/${outputs.name}"`,
    call: "remove",
    variables: variables(outputs, id),
  }),
});

function variables(inputs: SnapshotInputs, id: string | undefined): Record<string, string> {
  return {
    ...claimVariables(inputs, id),
    IS_NEW: id === undefined ? "yes" : "no",
    VOLUME_ID: inputs.volumeId,
    VG: inputs.volumeGroup,
    LV: inputs.name,
    ROOM: inputs.size === undefined ? "" : String(parseSize(inputs.size)),
    LABELS: labelTags(inputs.labels).join(" "),
    OVERCOMMIT: inputs.maxOvercommit === undefined ? "" : String(inputs.maxOvercommit),
    ACTOR: actorJson(inputs.owner),
  };
}
