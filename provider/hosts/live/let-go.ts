import type { HostRef } from "../../model/connection.js";
import { channelTo } from "../channels.js";
import { actorJson } from "../events/actor.js";
import type { LiveAttachment } from "./attachments.js";
import type { LiveVolume } from "./volumes.js";

/**
 * Ends a lease whose Attachment no stack has any more: the device goes, and the volume can be attached again.
 * @param stack Organization, project and stack that this is done for, for the event.
 * @throws {ScriptError} `open` while something holds the device open; `gone` when another lease is there by now.
 * @throws {HostError}
 */
export async function releaseLease(host: HostRef, lease: LiveAttachment, stack: string): Promise<void> {
  const { id, volumeGroup, volumeName } = lease;
  await letGo(host, "release", `release attachment ${id}`, `${volumeGroup}/${volumeName}`, id, stack);
}

/**
 * Removes a deleted volume before its time, with its data and what backups kept of it on the host. Recovery points stay.
 * @param stack As of {@link releaseLease}.
 * @throws {ScriptError} `open` while something holds the device open; `kept` when it is no deleted volume any more.
 * @throws {HostError}
 */
export async function purgeVolume(host: HostRef, volume: LiveVolume, stack: string): Promise<void> {
  const path = `${volume.volumeGroup}/${volume.name}`;
  await letGo(host, "purge", `purge volume "${path}"`, path, volume.uuid, stack);
}

function letGo(host: HostRef, call: string, title: string, path: string, id: string, stack: string): Promise<unknown> {
  return channelTo(host).change({
    title,
    script: "hosts/live/let-go",
    call,
    variables: { LV: path, ID: id, ACTOR: actorJson(stack) },
    machineId: host.machineId,
  });
}
