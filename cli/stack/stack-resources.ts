import { z } from "zod";
import type { Problem } from "../../provider/model/problem.js";
import { revealSecrets } from "./reveal-secrets.js";
import { STATE_SCHEMAS, type StateKind, type StateOutputs } from "./state-schemas.js";

const exported = z.object({
  // A stack that was never deployed has none.
  deployment: z
    .object({
      resources: z
        .array(
          z.object({
            urn: z.string(),
            type: z.string(),
            id: z.string().default(""),
            outputs: z.unknown().optional(),
          }),
        )
        .optional(),
    })
    .nullish(),
});

/** A resource of a state: its name in the program, its id, and its outputs. */
export interface StackResource<K extends StateKind> {
  readonly resource: string;
  readonly id: string;
  readonly outputs: StateOutputs<K>;
}

/** A resource of ours in the state that cannot be read. The commands go on without it. It holds no secret. */
export interface UnreadResource {
  readonly kind: StateKind;
  /** Its name in the program. */
  readonly resource: string;
  /** Name of the Host resource that it is on, or is; undefined when that cannot be read either. */
  readonly host: string | undefined;
  /** Why not. Each part is one line. */
  readonly problem: Problem;
}

/** What a state says of resources of ours that somebody would miss, had they been left out as {@link UnreadResource}. */
interface ResourceIds {
  /** The owner of one of them, which begins with the stack's full name; "" when there is none. */
  readonly owner: string;
  readonly volumes: ReadonlySet<string>;
  readonly attachments: ReadonlySet<string>;
  readonly snapshots: ReadonlySet<string>;
  readonly pools: ReadonlySet<string>;
  readonly volumeGroups: ReadonlySet<string>;
}

/** The resources of ours in a state, with what the commands need of them. */
export interface StackResources {
  readonly read: { readonly [K in StateKind]: readonly StackResource<K>[] };
  readonly unread: readonly UnreadResource[];
  readonly ids: ResourceIds;
}

/** A resource of ours with its secrets in clear, and nothing looked at. */
interface RawResource {
  readonly kind: StateKind;
  readonly resource: string;
  readonly id: string;
  readonly outputs: unknown;
}

const TYPE_PREFIX = "pulumi-nodejs:dynamic/lvm:";
const isKind = (name: string): name is StateKind => Object.hasOwn(STATE_SCHEMAS, name);

/** Reads what `pulumi stack export --show-secrets` prints, each resource by itself. */
export function parseStackResources(text: string): StackResources {
  const resources = (exported.parse(JSON.parse(text)).deployment?.resources ?? []).flatMap(
    ({ urn, type, id, outputs }): RawResource[] => {
      const kind = type.startsWith(TYPE_PREFIX) ? type.slice(TYPE_PREFIX.length) : "";
      return isKind(kind)
        ? [{ kind, resource: urn.split("::").at(-1) ?? "", id, outputs: revealSecrets(outputs) }]
        : [];
    },
  );
  const unread: UnreadResource[] = [];
  const ofKind = <K extends StateKind>(kind: K): StackResource<K>[] =>
    resources
      .filter((each) => each.kind === kind)
      .flatMap((each) => {
        const parsed = STATE_SCHEMAS[kind].safeParse(each.outputs);
        if (!parsed.success) {
          unread.push(unreadResource(each, parsed.error));
          return [];
        }
        return [{ resource: each.resource, id: each.id, outputs: parsed.data as StateOutputs<K> }];
      });
  const read = {
    Host: ofKind("Host"),
    VolumeGroup: ofKind("VolumeGroup"),
    ThinPool: ofKind("ThinPool"),
    Volume: ofKind("Volume"),
    Attachment: ofKind("Attachment"),
    Snapshot: ofKind("Snapshot"),
    Backup: ofKind("Backup"),
    BackupSchedule: ofKind("BackupSchedule"),
  };
  return { read, unread, ids: resourceIds(resources) };
}

function resourceIds(resources: readonly RawResource[]): ResourceIds {
  const valuesOf = (kind: StateKind, member: string) =>
    new Set(resources.filter((each) => each.kind === kind).flatMap(({ outputs }) => textAt(outputs, member) ?? []));
  const owners = resources.flatMap(({ outputs }) => textAt(outputs, "owner") ?? []);
  return {
    owner: owners.find((owner) => /^[^/]+\/[^/]+\/[^/]+\//.test(owner)) ?? "",
    volumes: valuesOf("Volume", "volumeId"),
    attachments: valuesOf("Attachment", "attachmentId"),
    snapshots: valuesOf("Snapshot", "snapshotId"),
    pools: valuesOf("ThinPool", "uuid"),
    volumeGroups: valuesOf("VolumeGroup", "uuid"),
  };
}

const NEXT = "Use the release of pulumi-lvm that the program uses; if this is it, run pulumi up first";

function unreadResource({ kind, resource, outputs }: RawResource, { issues }: z.ZodError): UnreadResource {
  const [issue] = issues;
  return {
    kind,
    resource,
    host: textAt(outputs, "host", "name") ?? (kind === "Host" ? resource : undefined),
    problem: {
      summary: `Cannot read ${kind} "${resource}" of the stack's state`,
      detail: `${issue?.path.join(".")}: ${issue?.message}`,
      next: NEXT,
    },
  };
}

/** The text at a place of a value; undefined when there is something else, or nothing. */
function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>((outer, key) => (isObject(outer) ? outer[key] : undefined), value);
  return typeof found === "string" ? found : undefined;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
