import type { Command } from "commander";
import { backupState } from "../health/backup-state.js";
import { ageSeconds, backupViews } from "../health/backup-view.js";
import { statusText } from "../health/status-text.js";
import { backupStatuses } from "../stack/backup-statuses.js";
import { onHosts } from "../stack/on-hosts.js";
import { stackCommand } from "../stack/stack-command.js";

/** `pulumi-lvm status` */
export function statusCommand(): Command {
  const summary = "show how the backups of each volume are: the newest, the last verified and restored, the next run";
  return stackCommand("status", summary, async (state, hosts) => {
    const { answers, failures } = await backupStatuses(state, hosts);
    const now = new Date();
    const views = backupViews(onHosts(state, hosts), answers);
    const volumes = views.map((view) => {
      const { resource: volume, ...others } = view;
      return { volume, ...others, state: backupState(view, now), ageSeconds: ageSeconds(view, now) ?? null };
    });
    return {
      json: { time: now.toISOString(), volumes, hosts: answers },
      text: statusText(views, now),
      failures,
      hasFindings: false,
    };
  });
}
