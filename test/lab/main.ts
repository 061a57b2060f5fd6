import { Command, InvalidArgumentError } from "commander";
import { down, exec, ssh, status, up } from "./commands.js";
import { Interruption, watchSignals } from "./interruption.js";
import { labDir } from "./lab-dir.js";
import { LabError } from "./lab-error.js";
import { run } from "./run.js";

const help = `
LAB_DIR names the lab's directory; labs in different directories run side by side.
PULUMI_LVM_LAB_CACHE names the directory where the kernel, the host image, the S3 server and the Pulumi CLI are kept between runs.
LAB_RELEASES, "trixie,bookworm" unless set, is what the hosts of each pair run.
LAB_HOSTS names real machines for "run" to use in place of the lab's own hosts: tests wipe the disks named there.`;

async function main(): Promise<void> {
  const program = new Command("lab")
    .description("Hosts with LVM, an S3 server and the Pulumi CLI, for the end-to-end tests and for trying things out")
    .enablePositionalOptions()
    .addHelpText("after", help);
  const hosts = ["--hosts <number>", "how many hosts to start", hostCount, 2] as const;

  program
    .command("run")
    .description("start the lab, run a command in it, stop the lab")
    .argument("<command...>", "the command, after --")
    .option("--keep", "leave the lab running", false)
    .option(...hosts)
    .passThroughOptions()
    .action(async (command: string[], request: { keep: boolean; hosts: number }) => {
      process.exitCode = await run(labDir(), request, command, watchSignals());
    });
  program
    .command("up")
    .description("start the lab and leave it running")
    .option(...hosts)
    .action(async (request: { hosts: number }) => up(labDir(), request.hosts, watchSignals()));
  program
    .command("down")
    .description("stop the lab and remove it")
    .action(async () => down(labDir()));
  program
    .command("status")
    .description("say what runs")
    .action(async () => {
      process.exitCode = await status(labDir());
    });
  program
    .command("exec")
    .description("run a command in the running lab")
    .argument("<command...>", "the command, after --")
    .passThroughOptions()
    .action(async (command: string[]) => {
      process.exitCode = await exec(labDir(), command);
    });
  program
    .command("ssh")
    .description("log in to a host as root, or run a command there")
    .argument("<host>", "host1, host2, …")
    .argument("[command...]")
    .passThroughOptions()
    .action(async (host: string, command: string[]) => {
      process.exitCode = await ssh(labDir(), host, command);
    });
  await program.parseAsync();
}

function hostCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 20)
    throw new InvalidArgumentError("a number from 1 to 20 is needed");
  return count;
}

main().catch((error: unknown) => {
  if (error instanceof Interruption) {
    process.exitCode = error.exitCode;
  } else {
    console.error(error instanceof LabError ? error.message : error);
    process.exitCode = 1;
  }
});
