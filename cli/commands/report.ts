import { writeFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { buildReport } from "../report/build-report.js";
import { gatherReport } from "../report/gather-report.js";
import { reportPage } from "../report/page.js";
import { onHosts } from "../stack/on-hosts.js";
import { type StackOptions, stackCommand } from "../stack/stack-command.js";
import { CliError } from "../terminal/cli-error.js";

interface ReportOptions extends StackOptions {
  readonly html: string;
}

/** `pulumi-lvm report` */
export function reportCommand(): Command {
  const summary = "write a page about the backups of the stack: problems, hosts, pools, recovery points, restore times";
  return stackCommand<ReportOptions>("report", summary, async (state, hosts, { html: file }) => {
    const chosen = onHosts(state, hosts);
    const gathered = await gatherReport(chosen, hosts);
    const model = buildReport(chosen, gathered, new Date());
    write(file, reportPage(model));
    const { length } = model.problems;
    return {
      json: { file, report: model },
      text: `${file} is written: ${length === 0 ? "nothing needs attention" : `${length} problem${length === 1 ? "" : "s"}`}`,
      failures: gathered.failures,
      hasFindings: false,
    };
  }).addOption(
    new Option("--html <file>", "the file to write: one page that needs nothing else").makeOptionMandatory(),
  );
}

/** @throws {CliError} If the file cannot be written. */
function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CliError(
      {
        summary: `Cannot write ${file}`,
        detail: (error as Error).message,
        next: "Set --html to a file in a folder that exists and can be written",
      },
      { cause: error },
    );
  }
}
