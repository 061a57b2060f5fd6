import type * as pulumi from "@pulumi/pulumi";
import { type SnapshotFields, type SnapshotInput, snapshotFields, type VolumeInput, volumeFields } from "./refs.js";
import { refusal } from "./refusal.js";
import { isOfKind, type LvmResource } from "./resource.js";

/** A snapshot; or a volume as it is then, which is what a power cut would have left of one that is attached. */
export type CloneSource = { readonly snapshot: SnapshotInput } | { readonly volume: VolumeInput };

/** What a volume is cloned from, as the provider takes it. */
export function cloneOf(name: string, source: CloneSource): pulumi.Inputs {
  if ("snapshot" in source) {
    refuseLinear(name, "snapshot", source.snapshot);
    const fields = snapshotFields(source.snapshot, `source.snapshot of Volume "${name}"`);
    return { from: "snapshot", id: fields.snapshotId, ...placeOf(fields) };
  }
  refuseLinear(name, "volume", source.volume);
  const fields = volumeFields(source.volume, `source.volume of Volume "${name}"`);
  return { from: "volume", id: fields.id, ...placeOf(fields) };
}

const placeOf = ({ volumeGroup, pool, host }: Pick<SnapshotFields, "volumeGroup" | "pool" | "host">) => ({
  volumeGroup,
  pool,
  host: { name: host.name, machineId: host.machineId },
});

/** What is linear is copied by no clone. Of what comes from another stack the host tells. */
function refuseLinear(name: string, kind: "snapshot" | "volume", source: unknown): void {
  if (!isOfKind<LvmResource & { readonly isThin: boolean | undefined }>(kind, source) || source.isThin !== false)
    return;
  throw refusal({
    summary: `Cannot make Volume "${name}" from a ${kind}`,
    detail: "that is linear, and only what is in a thin pool can be cloned",
    next: "Make a Backup of the volume, and this one with source: { backup }",
  });
}
