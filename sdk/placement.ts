import * as pulumi from "@pulumi/pulumi";
import { type VolumeInput, volumeFields } from "./refs.js";
import { refusal } from "./refusal.js";
import { type Placement, placementOn } from "./volume.js";

/**
 * The one host on which a workload can run that needs all these volumes. It is known at preview.
 * @throws {pulumi.RunError} At preview, when the volumes are on different hosts; the message says which is where.
 */
export function placement(volumes: readonly VolumeInput[]): pulumi.Output<Placement> {
  const given = volumes.map((volume) => volumeFields(volume, "volumes of placement()"));
  return pulumi.all(given.map(({ name, host }) => pulumi.all([name, placementOn(host)]))).apply((placed) => {
    const [first] = placed;
    if (first === undefined)
      throw refusal({ summary: "Cannot place a workload", detail: "name at least one volume", next: "" });
    const [, shared] = first;
    if (placed.some(([, { host }]) => host !== shared.host)) {
      const list = placed.map(([name, { host }]) => `"${name}" is on host "${host}"`).join(", ");
      throw refusal({
        summary: "Cannot place a workload",
        detail: `its volumes are on different hosts: ${list}`,
        next: "Nothing moves by itself: give the workload volumes of one host",
      });
    }
    return shared;
  });
}
