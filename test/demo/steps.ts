import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LabHost, labHosts, resetHost, shOk } from "../lab/index.js";
import { demonstrateBackups } from "./backups.js";

const root = join(__dirname, "../..");
const isKept = process.argv.includes("--keep");
const stack = "demo";
const hosts = labHosts().slice(0, 2) as [LabHost, LabHost];

const heading = (text: string) => console.log(`\n━━ ${text}\n`);

/** Runs the Pulumi CLI as a person would, and shows what it prints. */
function pulumi([command = "", ...words]: readonly string[], cwd = root): number {
  // A secret is for the CLI alone, and of a long value the first line says enough.
  const shown = words.includes("--secret")
    ? [...words.slice(0, -1), "…"]
    : words.map((word) => word.replace(/\n.*/s, " …"));
  console.log(`$ pulumi ${[command, ...shown].join(" ")}`);
  const options = ["--stack", stack, "--non-interactive", "--color", "never"];
  return spawnSync("pulumi", [command, ...options, ...words], { cwd, stdio: "inherit" }).status ?? 1;
}

function mustSucceed(words: readonly string[], cwd = root): void {
  if (pulumi(words, cwd) !== 0) throw new Error(`The demo ends here: "pulumi ${words.slice(0, 3).join(" ")}" failed`);
}

/** Previews the program with some lines added; the preview must refuse them. */
function mustBeRefused(lines: string): void {
  const copy = mkdtempSync(join(tmpdir(), "pulumi-lvm-demo-"));
  try {
    for (const name of ["Pulumi.yaml", `Pulumi.${stack}.yaml`, "tsconfig.json", "package.json"])
      cpSync(join(root, name), join(copy, name));
    mkdirSync(join(copy, "examples"));
    cpSync(join(root, "examples/quickstart"), join(copy, "examples/quickstart"), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    symlinkSync(join(root, "dist"), join(copy, "dist"));
    appendFileSync(join(copy, "examples/quickstart/index.ts"), `${lines}\n`);
    console.log(`The program, with this added:\n\n    ${lines}\n`);
    if (pulumi(["preview"], copy) === 0) throw new Error("The demo ends here: this should have been refused");
  } finally {
    rmSync(copy, { recursive: true });
  }
}

async function showHosts(): Promise<void> {
  for (const host of hosts) {
    console.log(`$ ssh ${host.name} lvs -o lv_name,vg_name,lv_size,pool_lv,lv_active,lv_tags`);
    console.log(
      await shOk(
        host,
        "lvs -o lv_name,vg_name,lv_size,pool_lv,lv_active 2>/dev/null; cat /var/lib/pulumi-lvm/attachments/*.json 2>/dev/null || :",
      ),
    );
  }
}

async function main(): Promise<void> {
  await Promise.all(hosts.map(resetHost));
  heading("A stack for two hosts: examples/quickstart, the program of Pulumi.yaml");
  spawnSync("pulumi", ["stack", "rm", "--force", "--yes", stack], { cwd: root, stdio: "ignore" });
  mustSucceed(["stack", "init"]);
  const config = hosts.map(({ address, port, user, hostKey, privateKeyFile, disks }) => ({
    connection: { address, port, user, hostKey, privateKeyFile },
    disk: disks[0],
  }));
  mustSucceed(["config", "set", "hosts", JSON.stringify(config)]);
  mustSucceed(["config", "set", "graceDays", "0"]);

  heading("Preview: what will be made, and nothing is touched yet");
  mustSucceed(["preview"]);

  heading("Up: hosts, volume groups, pools, three volumes, three attachments");
  mustSucceed(["up", "--yes", "--skip-preview"]);
  await showHosts();

  heading("A change: volume data grows from 1 GiB to 2 GiB while it is attached");
  mustSucceed(["config", "set", "dataSize", "2GiB"]);
  mustSucceed(["up", "--yes", "--skip-preview"]);
  await showHosts();

  heading("Refused at preview: a smaller size");
  mustSucceed(["config", "set", "dataSize", "512MiB"]);
  if (pulumi(["preview"]) === 0) throw new Error("The demo ends here: a smaller size should have been refused");
  mustSucceed(["config", "set", "dataSize", "2GiB"]);

  heading("Refused at preview: a second microVM for an attached volume");
  mustBeRefused('new lvm.Attachment("second", { volume: data, microVm: "another" });');

  heading("Refused at preview: a microVM on the wrong host");
  mustBeRefused('new lvm.Attachment("astray", { volume: site, microVm: "web", microVmHost: db1 });');

  heading("Refresh: no drift");
  mustSucceed(["refresh", "--yes", "--expect-no-changes"]);

  heading("Events: the host's own log, its chain and its anchors in the state verified");
  const cli = join(root, "dist/cli/main.js");
  console.log("$ npx pulumi-lvm events --stack demo");
  if (spawnSync("node", [cli, "events", "--stack", stack], { cwd: root, stdio: "inherit" }).status !== 0) {
    throw new Error("The demo ends here: the event log should be intact");
  }
  if (isKept) {
    heading("The stack stays. Go on by hand:");
    console.log(`  npm run lab -- exec -- pulumi up --stack ${stack}        after a change of examples/quickstart/index.ts
  npm run lab -- exec -- node dist/cli/main.js volumes --stack ${stack}
  npm run lab -- ssh ${hosts[0].name}                             a shell on the host
  npm run lab -- exec -- pulumi destroy --stack ${stack}
  npm run lab -- down                                 stops the lab`);
    return;
  }

  heading("Destroy: nothing is left");
  mustSucceed(["destroy", "--yes", "--skip-preview"]);
  await showHosts();
  mustSucceed(["stack", "rm", "--yes"]);
  await demonstrateBackups(hosts[1], { heading, mustSucceed });
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
