import { z } from "zod";
import { type HostRef, hostRef } from "./connection.js";
import { identity } from "./identity.js";
import { lvmName } from "./lvm-name.js";
import { refuseField } from "./refuse-field.js";
import { isUnknown } from "./unknown.js";

/** What a volume is cloned from. Where that is matters before the volume is made, and never after it. */
export const cloneSource = z.strictObject({
  from: z.enum(["snapshot", "volume"]).meta({ description: "What it is" }),
  id: identity.meta({ description: "Id of the snapshot or the volume" }),
  volumeGroup: lvmName.optional().meta({ description: "Volume group that holds it, as far as the program knows" }),
  pool: lvmName.optional().meta({ description: "Thin pool that holds it, as far as the program knows" }),
  host: hostRef.pick({ name: true, machineId: true }).meta({ description: "The host that it is on" }),
});

type CloneSource = z.output<typeof cloneSource>;

/** What to do where a clone cannot be made. */
export const OTHER_WAY = "Make a Backup of the volume, and a Volume with source: { backup } there";

/** The rule for where a clone is: in the thin pool of its source. */
export function refuseElsewhere(
  clone: CloneSource,
  place: { readonly host: HostRef; readonly volumeGroup: string; readonly pool?: string | undefined },
  context: z.RefinementCtx,
): void {
  const refuse = (field: string, detail: string) => refuseField(context, [field], { detail, next: OTHER_WAY });
  const { host } = place;
  const machines = [clone.host.machineId, host.machineId];
  // Hosts that are both new to the program are told by their names.
  const isThere = machines.some(isUnknown)
    ? !machines.every(isUnknown) || clone.host.name === host.name
    : machines[0] === machines[1];
  if (!isThere) {
    refuse("clone", `the ${clone.from} is on host "${clone.host.name}", and a clone is made where its source is`);
  } else if (place.pool === undefined) {
    refuse("pool", `a clone is in a thin pool, and this volume is linear`);
  } else if (differs(clone.volumeGroup, place.volumeGroup) || differs(clone.pool, place.pool)) {
    refuse(
      "pool",
      `the ${clone.from} is in "${clone.volumeGroup}/${clone.pool}", and a clone is in the pool of its source`,
    );
  }
}

const differs = (source: string | undefined, own: string): boolean =>
  source !== undefined && !isUnknown(source) && !isUnknown(own) && source !== own;
