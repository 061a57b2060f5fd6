import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LabHost, labHosts, resetHost, shOk } from "../lab/index.js";
import { demonstrateBackups } from "./backups.js";
import { STACK, Stage } from "./stage.js";

const root = join(__dirname, "../..");
const isKept = process.argv.includes("--keep");
const stage = new Stage(process.argv.includes("--verbose"));
const hosts = labHosts().slice(0, 2) as [LabHost, LabHost];

/** Previews the program with some lines added; the preview must refuse them. */
async function mustBeRefused(lines: string): Promise<void> {
  const copy = mkdtempSync(join(tmpdir(), "pulumi-lvm-demo-"));
  try {
    for (const name of ["Pulumi.yaml", `Pulumi.${STACK}.yaml`, "tsconfig.json", "package.json"])
      cpSync(join(root, name), join(copy, name));
    mkdirSync(join(copy, "examples"));
    cpSync(join(root, "examples/quickstart"), join(copy, "examples/quickstart"), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    symlinkSync(join(root, "dist"), join(copy, "dist"));
    appendFileSync(join(copy, "examples/quickstart/index.ts"), `${lines}\n`);
    console.log(`The program, with this added:\n\n    ${lines}\n`);
    await stage.pulumi(["preview"], "refused", copy);
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
  stage.heading("A stack for two hosts: examples/quickstart, the program of Pulumi.yaml");
  spawnSync("pulumi", ["stack", "rm", "--force", "--yes", STACK], { cwd: root, stdio: "ignore" });
  await stage.mustSucceed(["stack", "init"]);
  const config = hosts.map(({ address, port, user, hostKey, privateKeyFile, disks }) => ({
    connection: { address, port, user, hostKey, privateKeyFile },
    disk: disks[0],
  }));
  await stage.mustSucceed(["config", "set", "hosts", JSON.stringify(config)]);
  await stage.mustSucceed(["config", "set", "graceDays", "0"]);

  stage.heading("Preview: what will be made, and nothing is touched yet");
  await stage.mustSucceed(["preview"]);

  stage.heading("Up: hosts, volume groups, pools, three volumes, three attachments");
  await stage.mustSucceed(["up", "--yes", "--skip-preview"]);
  await showHosts();

  stage.heading("A change: volume data grows from 1 GiB to 2 GiB while it is attached");
  await stage.mustSucceed(["config", "set", "dataSize", "2GiB"]);
  await stage.mustSucceed(["up", "--yes", "--skip-preview"]);
  await showHosts();

  stage.heading("Refused at preview: a smaller size");
  await stage.mustSucceed(["config", "set", "dataSize", "512MiB"]);
  await stage.pulumi(["preview"], "refused");
  await stage.mustSucceed(["config", "set", "dataSize", "2GiB"]);

  stage.heading("Refused at preview: a second microVM for an attached volume");
  await mustBeRefused('new lvm.Attachment("second", { volume: data, microVm: "another" });');

  stage.heading("Refused at preview: a microVM on the wrong host");
  await mustBeRefused('new lvm.Attachment("astray", { volume: site, microVm: "web", microVmHost: db1 });');

  stage.heading("Refresh: no drift");
  await stage.mustSucceed(["refresh", "--yes", "--skip-preview", "--expect-no-changes"]);

  stage.heading("Events: the host's own log, its chain and its anchors in the state verified");
  stage.pulumiLvm(["events"]);

  if (isKept) {
    stage.heading("The stack stays. Go on by hand:");
    console.log(`  npm run lab -- exec -- pulumi up --stack ${STACK}        after a change of examples/quickstart/index.ts
  npm run lab -- exec -- node dist/cli/main.js volumes --stack ${STACK}
  npm run lab -- ssh ${hosts[0].name}                             a shell on the host
  npm run lab -- exec -- pulumi destroy --stack ${STACK}
  npm run lab -- down                                 stops the lab`);
    return;
  }

  stage.heading("Destroy: nothing is left");
  await stage.mustSucceed(["destroy", "--yes", "--skip-preview"]);
  await showHosts();
  await stage.mustSucceed(["stack", "rm", "--yes"]);
  const report = await demonstrateBackups(hosts[1], stage);
  console.log(`\nThe report is here, for a browser: ${report}`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
