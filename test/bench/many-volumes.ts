import { rmSync } from "node:fs";
import { changesOf, type Deployment, type Outcome } from "../e2e/harness/deployment.js";
import { type LabHost, resetHost, shOk } from "../lab/index.js";
import { oneHost, type Spec } from "../support/spec.js";
import { HOUR_MS } from "./compare.js";

/** A host with a thin pool, and some volumes of 64 MiB in it: v0, v1, … */
export function manyVolumes(host: LabHost, count: number, more: Record<string, unknown> = {}) {
  const volume = { pool: "pool", size: "64MiB", deletionPolicy: "delete", ...more };
  return {
    ...oneHost(host),
    pools: { pool: { volumeGroup: "fast", size: "4GiB", maxOvercommit: 100 } },
    volumes: Object.fromEntries(Array.from({ length: count }, (_, index) => [`v${index}`, volume])),
  };
}

/** Removes logical volumes that others made in the same volume group, by the letter before their numbers: s0, s1, … */
export async function removeVolumes(host: LabHost, letter: string, count: number): Promise<void> {
  await shOk(host, `lvremove -q -y $(seq -f fast/${letter}%.0f 0 ${count - 1})`, { timeoutMs: HOUR_MS });
}

/** As many resources that do nothing: what Pulumi's engine takes by itself. */
export function noOps(count: number): Spec {
  return { hosts: {}, noOps: count };
}

/**
 * A run that made so many resources, and changed no other.
 * @throws {Error} If it did something else.
 */
export function expectMade(outcome: Outcome, count: number): void {
  const { create = 0, update = 0, delete: deleted = 0 } = changesOf(outcome);
  if (create === count && update === 0 && deleted === 0) return;
  throw new Error(
    `${count} resources should have been made, and these were the changes: ${JSON.stringify(outcome.changes)}`,
  );
}

/**
 * Empties the host and forgets the stacks that had resources there: faster than a destroy. Folders go, whatever fails.
 */
export async function forget(host: LabHost, deployments: readonly Deployment[]): Promise<void> {
  try {
    await resetHost(host);
    for (const each of deployments) await each.close();
  } finally {
    for (const { directory } of deployments) rmSync(directory, { recursive: true, force: true });
  }
}
