import { type LabHost, shOk } from "../../lab/index.js";
import { until } from "../../support/hold.js";

/** Stops a timer and waits for a run that it has started, so that what is shown from then on stays as it is. `unit`: without its ending. */
export async function stopTimerOf(host: LabHost, unit: string, timeoutMs: number): Promise<void> {
  await shOk(host, `systemctl stop ${unit}.timer`);
  // A unit of this type is not active while it runs, but activating.
  const isAtRest = async () =>
    /^(?:inactive|failed)$/m.test(await shOk(host, `systemctl show -P ActiveState ${unit}.service`));
  await until("no run is under way", isAtRest, timeoutMs);
}
