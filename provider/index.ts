import type { Definition } from "./check-inputs.js";
import { type Lifecycle, lifecycle } from "./lifecycle.js";
import { attachment } from "./resources/attachment.js";
import { backup } from "./resources/backup.js";
import { backupSchedule } from "./resources/backup-schedule.js";
import { host } from "./resources/host.js";
import { masterKey } from "./resources/master-key.js";
import { snapshot } from "./resources/snapshot.js";
import { thinPool } from "./resources/thin-pool.js";
import { volume } from "./resources/volume.js";
import { volumeGroup } from "./resources/volume-group.js";

/** The registry: a resource on hosts is a line here and an import above, and its kind is the name that stands in the state. */
const onHosts = {
  host,
  volumeGroup,
  thinPool,
  volume,
  attachment,
  snapshot,
  backup,
  backupSchedule,
};

/** Resources that are in the state and on no host. */
const inState = { masterKey };

/** The names of all resources on hosts. */
export type Kind = keyof typeof onHosts;

/** The names of all resources that are on no host. */
export type StateOnlyKind = keyof typeof inState;

const lifecycles = new Map<string, () => Lifecycle>([
  ...Object.entries(onHosts).map(
    ([kind, definition]) => [kind, () => lifecycle(definition as unknown as Definition)] as const,
  ),
  ...Object.entries(inState).map(([kind, own]) => [kind, () => own] as const),
]);

/**
 * The lifecycle of a resource by its name; the shell that Pulumi keeps in the state calls this.
 * @throws {Error} If this release does not know the resource: the state was written by a newer one.
 */
export function resource(kind: string): Lifecycle {
  const known = lifecycles.get(kind);
  if (known !== undefined) return known();
  throw new Error(
    `This release of pulumi-lvm does not know "${kind}": install the release that wrote the state, or a newer one`,
  );
}
