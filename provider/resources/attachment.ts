import { randomUUID } from "node:crypto";
import { defineResource } from "../define-resource.js";
import { heldIds } from "../held-ids.js";
import { actorJson } from "../hosts/events/actor.js";
import { logicalVolumeTagged, volumeGroupNamed } from "../hosts/observation/lookup.js";
import type { FirecrackerDrive } from "../model/firecracker-drive.js";
import { type AttachmentInputs, attachmentInputs } from "../model/inputs/attachment.js";
import { encodeTag, tagValue } from "../model/tag.js";
import { refuseDeclared, refuseHeld } from "./taken-drive.js";
import { unseen } from "./unseen.js";

type Outputs = AttachmentInputs & {
  /** Id of this attachment, which its events carry. */
  attachmentId: string;
  devicePath: string;
  drive: FirecrackerDrive;
  /** Whether the device is there; a reboot or a hand may have changed it. */
  isActive: boolean;
  /** SHA-256 of the attach event: the state's anchor in the host's log. */
  event: string;
};

export const attachment = defineResource<typeof attachmentInputs, Outputs>({
  script: "attachment",
  noun: "attachment",
  inputs: attachmentInputs,

  compare: refuseDeclared,

  check(inputs, observation) {
    const found = logicalVolumeTagged(observation, "id", inputs.volumeId);
    if (found === undefined) return [];
    const holder = tagValue(found.lv_tags, "lease-owner");
    // By its own name: this lease, seen by an engine that replaces it, or what a create left that was cut. The host decides under its lock.
    const isOwn = tagValue(found.lv_tags, "attachment") === inputs.identity || holder === inputs.owner;
    if (holder === undefined || isOwn) return refuseHeld(inputs, observation);
    return [
      {
        property: "volumeId",
        problem: {
          summary: `Volume "${found.vg_name}/${found.lv_name}" on host "${inputs.host.name}" is attached to microVM "${tagValue(found.lv_tags, "microvm")}" by ${holder}`,
          detail: "",
          next: "A volume is attached to at most one microVM: remove that Attachment first",
        },
      },
    ];
  },

  reconcile: (inputs, id) => ({
    title: `attach volume "${inputs.volumeName}" to microVM "${inputs.microVm}"`,
    call: "reconcile",
    variables: variables(inputs, id),
  }),

  idOf: (facts) => facts.get("id") ?? "",

  identitiesOf: (owner, { logicalVolumes }) =>
    logicalVolumes
      .filter(({ lv_tags }) => tagValue(lv_tags, "lease-owner") === owner)
      .flatMap(({ lv_tags }) => tagValue(lv_tags, "attachment") ?? []),

  outputs({ id, inputs, observation, facts, previous }) {
    const found = logicalVolumeTagged(observation, "attachment", id);
    if (found === undefined) {
      if (volumeGroupNamed(observation, inputs.volumeGroup) !== undefined) return undefined;
      const subject = `the attachment of volume "${inputs.volumeName}"`;
      throw unseen(inputs.host.name, subject, "attachment", inputs.volumeGroup);
    }
    const devicePath = `/dev/${found.vg_name}/${found.lv_name}`;
    const driveId = tagValue(found.lv_tags, "drive") ?? inputs.driveId;
    const isRootDevice = tagValue(found.lv_tags, "root") === "yes";
    return {
      ...inputs,
      driveId,
      isRootDevice,
      microVm: tagValue(found.lv_tags, "microvm") ?? inputs.microVm,
      attachmentId: id,
      devicePath,
      drive: {
        drive_id: driveId,
        path_on_host: devicePath,
        is_root_device: isRootDevice,
        is_read_only: false,
        cache_type: "Writeback",
      },
      isActive: found.lv_active,
      event: facts.get("event") ?? previous?.event ?? "",
    };
  },

  drift: (_wanted, outputs) => (outputs.isActive ? [] : ["isActive"]),

  remove: (outputs, id) => ({
    title: `detach volume "${outputs.volumeName}" from microVM "${outputs.microVm}"`,
    call: "remove",
    variables: variables(outputs, id),
  }),
});

function variables(inputs: AttachmentInputs, id: string | undefined): Record<string, string> {
  return {
    ID: id ?? inputs.identity ?? randomUUID(),
    HELD: heldIds(),
    IS_NEW: id === undefined ? "yes" : "no",
    OWNER: encodeTag(inputs.owner),
    VOLUME_ID: inputs.volumeId,
    VG: inputs.volumeGroup,
    MICROVM: inputs.microVm,
    DRIVE: inputs.driveId,
    ROOT: inputs.isRootDevice ? "yes" : "no",
    ACTOR: actorJson(inputs.owner),
  };
}
