import { z } from "zod";
import { backupTargetRef } from "../../provider/model/backup-target.js";
import { hostRef } from "../../provider/model/connection.js";
import { policyFields } from "../../provider/model/policy/backup-policy.js";
import { CliError } from "../terminal/cli-error.js";
import { revealSecrets } from "./reveal-secrets.js";

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

const common = { host: hostRef, owner: z.string().regex(/^[^/]+\/[^/]+\/[^/]+\//) };
const event = z.string().default("");
const group = z.object(common);
const host = z.object({ ...common, machineId: z.string() });
const pool = z.object({ ...common, uuid: z.string() });
const volume = z.object({ ...common, volumeId: z.string(), volumeGroup: z.string(), name: z.string(), event });
const backup = z.object({
  ...common,
  volumeId: z.string(),
  volumeGroup: z.string(),
  volumeName: z.string(),
  target: backupTargetRef,
});
const backupSchedule = backup.extend({ policy: z.string(), ...policyFields });
const attachment = z.object({ ...common, attachmentId: z.string(), event });

/** A resource of a state: its name in the program, its id, and its outputs. */
interface StackResource<O> {
  readonly resource: string;
  readonly id: string;
  readonly outputs: O;
}

/** The resources of ours in a state, with what the commands need of them. */
export interface StackResources {
  readonly hosts: readonly StackResource<z.output<typeof host>>[];
  readonly groups: readonly StackResource<z.output<typeof group>>[];
  readonly pools: readonly StackResource<z.output<typeof pool>>[];
  readonly volumes: readonly StackResource<z.output<typeof volume>>[];
  readonly attachments: readonly StackResource<z.output<typeof attachment>>[];
  readonly backups: readonly StackResource<z.output<typeof backup>>[];
  readonly schedules: readonly StackResource<z.output<typeof backupSchedule>>[];
}

/**
 * Reads what `pulumi stack export --show-secrets` prints.
 * @throws {CliError} If a resource of ours has another form than this release knows. The message holds no value of the state.
 */
export function parseStackResources(text: string): StackResources {
  const resources = exported.parse(JSON.parse(text)).deployment?.resources ?? [];
  const ofType = <O>(type: string, schema: z.ZodType<O>): StackResource<O>[] =>
    resources
      .filter((each) => each.type === `pulumi-nodejs:dynamic/lvm:${type}`)
      .map((each) => {
        const resource = each.urn.split("::").at(-1) ?? "";
        const parsed = schema.safeParse(revealSecrets(each.outputs));
        if (parsed.success) return { resource, id: each.id, outputs: parsed.data };
        throw unreadable(type, resource, parsed.error);
      });
  return {
    hosts: ofType("Host", host),
    groups: ofType("VolumeGroup", group),
    pools: ofType("ThinPool", pool),
    volumes: ofType("Volume", volume),
    attachments: ofType("Attachment", attachment),
    backups: ofType("Backup", backup),
    schedules: ofType("BackupSchedule", backupSchedule),
  };
}

function unreadable(type: string, resource: string, { issues }: z.ZodError): CliError {
  const [issue] = issues;
  return new CliError(
    `Cannot read ${type} "${resource}" of the stack's state: ${issue?.path.join(".")}: ${issue?.message}`,
    "Use the release of pulumi-lvm that the program uses; if this is it, run pulumi up first",
  );
}
