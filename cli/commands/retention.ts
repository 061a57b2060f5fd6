import { type Command, Option } from "commander";
import { previewRetention, type RetentionPlan } from "../../provider/hosts/backups/preview-retention.js";
import { formatSize } from "../../provider/model/size.js";
import { callHosts } from "../stack/call-hosts.js";
import { onHosts } from "../stack/on-hosts.js";
import { type StackOptions, stackCommand } from "../stack/stack-command.js";
import type { StackSchedule, StackState } from "../stack/stack-state.js";
import { isVolume, volumeOption } from "../stack/volume-choice.js";
import { CliError } from "../terminal/cli-error.js";
import { table } from "../terminal/table.js";

interface RetentionOptions extends StackOptions {
  readonly preview?: true;
  readonly volume?: string;
}

/** What the retention of a volume's policy would do now. */
interface Planned extends RetentionPlan {
  readonly schedule: StackSchedule;
}

const TITLES = ["VOLUME", "TARGET", "POLICY", "TAKEN", "SIZE", "VERIFIED", "RECOVERY POINT", "WOULD BE"];

/** `pulumi-lvm retention` */
export function retentionCommand(): Command {
  const summary =
    "show with --preview which recovery points the policies of the stack's state keep, and which they drop";
  return stackCommand<RetentionOptions>("retention", summary, async (state, hosts, { preview, volume: choice }) => {
    if (preview !== true) {
      throw new CliError({
        summary: "Cannot apply retention from here",
        detail: "it runs by itself on the hosts, after each backup",
        next: "Add --preview to see what it keeps and drops; change the policy, and run pulumi up, to change that",
      });
    }
    const chosen = chosenSchedules(onHosts(state, hosts), choice);
    const keepAll = chosen.filter(({ retention }) => retention === undefined);
    const previews = chosen.flatMap((schedule) =>
      schedule.retention === undefined ? [] : [{ name: schedule.host.name, schedule, retention: schedule.retention }],
    );
    const { answers, failures } = await callHosts(previews, async ({ schedule, retention }): Promise<Planned> => {
      const { host, target, volumeId, timeZone } = schedule;
      return { schedule, ...(await previewRetention(host, { target, volumeId, retention, timeZone })) };
    });
    return {
      json: { volumes: [...answers.map(json), ...keepAll.map(jsonOfAll)] },
      text: retentionText(answers, keepAll),
      failures,
      hasFindings: false,
    };
  })
    .addOption(new Option("--preview", "say that it is meant: nothing is changed"))
    .addOption(volumeOption());
}

/** @throws {CliError} If the volume is named and is under no policy. */
function chosenSchedules({ schedules }: StackState, choice: string | undefined): readonly StackSchedule[] {
  if (choice === undefined) return schedules;
  const found = schedules.filter((each) => isVolume(choice, each));
  if (found.length > 0) return found;
  const known = schedules.map((each) => `"${each.resource}"`).join(", ");
  throw new CliError({
    summary: `Cannot find volume "${choice}" under a policy of the stack`,
    detail: "",
    next:
      known === ""
        ? "The stack declares no BackupPolicy: declare one, and run pulumi up"
        : `Under a policy are ${known}`,
  });
}

function json({ schedule, keep, remove }: Planned) {
  return { ...jsonOfAll(schedule), keep, remove };
}

function jsonOfAll({ resource, volumeId, target, policy, retention }: StackSchedule) {
  return { volume: resource, volumeId, target: target.name, policy, retention: retention ?? null };
}

/** The recovery points, those of a volume together and the oldest first; then the volumes whose policy keeps all. */
export function retentionText(planned: readonly Planned[], keepAll: readonly StackSchedule[]): string {
  const rows = planned.flatMap(({ schedule: { resource, target, policy }, keep, remove }) =>
    [
      ...keep.map((point) => ({ point, fate: `kept: ${point.reasons.join(", ")}` })),
      ...remove.map((point) => ({ point, fate: "dropped" })),
    ]
      .sort((a, b) => a.point.time.localeCompare(b.point.time))
      .map(({ point: { time, sizeBytes, verified, id }, fate }) => [
        resource,
        target.name,
        policy,
        time,
        formatSize(sizeBytes),
        verified ?? "never",
        id,
        fate,
      ]),
  );
  const dropped = planned.reduce((sum, { remove }) => sum + remove.length, 0);
  const whole = keepAll.map(({ resource, policy }) => `"${resource}" by "${policy}"`).join(", ");
  return [
    table(TITLES, rows, "No recovery points under a retention"),
    ...(rows.length === 0 ? [] : [`${dropped} of ${rows.length} would be dropped by the next run`]),
    ...(whole === "" ? [] : [`All recovery points are kept, as the policy has no retention: ${whole}`]),
  ].join("\n\n");
}
