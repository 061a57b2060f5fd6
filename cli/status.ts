import type { Command } from "commander";
import { askStatuses } from "./ask-statuses.js";
import { backupState } from "./backup-state.js";
import { ageSeconds, backupViews } from "./backup-view.js";
import { onHosts } from "./on-hosts.js";
import { stackCommand } from "./stack-command.js";
import { statusText } from "./status-text.js";

/** `pulumi-lvm status` */
export function statusCommand(): Command {
  const summary = "show how the backups of each volume are: the newest, the last verified and restored, the next run";
  return stackCommand("status", summary, async (state, hosts) => {
    const { answers, failures } = await askStatuses(state, hosts);
    const now = new Date();
    const views = backupViews(onHosts(state, hosts), answers);
    const volumes = views.map((view) => ({
      ...view,
      state: backupState(view, now),
      ageSeconds: ageSeconds(view, now) ?? null,
    }));
    return {
      json: { time: now.toISOString(), volumes, hosts: answers },
      text: statusText(views, now),
      failures,
      hasFindings: false,
    };
  });
}
