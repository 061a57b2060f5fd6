import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { type LabHost, labHosts, labS3, resetHost, shOk } from "../../lab/index.js";
import { s3Client } from "../../support/s3.js";
import { changesOf, Deployment } from "../harness/deployment.js";
import {
  BUCKET,
  type Identity,
  MASTER_KEY,
  PLACEHOLDERS,
  STACK,
  secretsOf,
  translate,
  translateFiles,
  upgradeSpec,
} from "./upgrade-stack.js";

// Deploys the stack of the upgrade test with this release, and keeps what it leaves behind as a fixture. See README.md beside it.

const SCHEDULES = "/etc/pulumi-lvm/schedules";

/** Ends where the volume group's free room begins. */
const DISK_MIB = 192;

async function main(folder: string): Promise<void> {
  const [host] = labHosts() as [LabHost];
  const server = labS3();
  const caCertificate = readFileSync(server.caCertificateFile, "utf8");
  await resetHost(host);
  await s3Client(server).send(new CreateBucketCommand({ Bucket: BUCKET }));
  const deployment = await Deployment.open(STACK, { secrets: secretsOf(server), stackName: STACK });
  changesOf(await deployment.up(upgradeSpec(host, server, caCertificate)));
  const id = String((await deployment.state())["nightly:data:offsite"]?.outputs["scheduleId"]);
  await shOk(host, `systemctl start pulumi-lvm-backup@${id}.service`, { timeoutMs: 240_000 });
  changesOf(await deployment.refresh());

  const lab = {
    ...server,
    address: host.address,
    hostKey: host.hostKey,
    privateKeyFile: host.privateKeyFile,
    machineId: (await shOk(host, "cat /etc/machine-id")).trim(),
    disk: host.disks[1] ?? "",
    caCertificate,
  };
  mkdirSync(folder, { recursive: true });
  keepState(folder, deployment, lab, await shOk(host, `cat ${SCHEDULES}/${id}.json`));
  await keepHost(folder, host, lab);
  execFileSync("sh", [
    "-c",
    `cd "$1" && tar -c --sort=name --owner=0 --group=0 . | gzip -9n >"$2"`,
    "sh",
    join(server.objects, BUCKET),
    resolve(folder, "objects.tar.gz"),
  ]);
}

/** Keeps the stack's state; `document` is the schedule's on the host, whose digest stands in the state. */
function keepState(folder: string, deployment: Deployment, lab: Identity, document: string): void {
  const kept = translate(document, lab, PLACEHOLDERS);
  const exported = execFileSync("pulumi", ["stack", "export", "--show-secrets", "--stack", STACK], {
    cwd: deployment.directory,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  const digest = (text: string) => createHash("sha256").update(text).digest("hex");
  const state = JSON.parse(translate(exported, lab, PLACEHOLDERS).replaceAll(digest(document), digest(kept)));
  // Of the lab's passphrase; the secrets are in clear, and worth nothing.
  delete state.deployment.secrets_providers;
  const spare = state.deployment.resources.find(({ urn }: { urn: string }) => urn.endsWith("::spare-master-key"));
  const text = JSON.stringify(state, null, 2).replaceAll(JSON.parse(spare.outputs.key.plaintext), MASTER_KEY);
  writeFileSync(join(folder, "state.json"), `${text}\n`);
}

/** Keeps our files on the host and its disk, as after a shutdown. What a boot or the test makes again is left out: locks, caches, times of timers. */
async function keepHost(folder: string, host: LabHost, lab: Identity): Promise<void> {
  const keep = (name: string, base64: string) => writeFileSync(join(folder, name), Buffer.from(base64, "base64"));
  await shOk(host, `systemctl stop 'pulumi-lvm-*.timer'; sync; vgchange -q -an fast`);
  await translateFiles(host, lab, PLACEHOLDERS);
  const files = "etc/pulumi-lvm etc/lvm/profile/pulumi-lvm-* var/lib/pulumi-lvm usr/local/lib/pulumi-lvm";
  const units = "etc/systemd/system/pulumi-lvm-* etc/systemd/system/*.wants/pulumi-lvm-*";
  keep(
    "files.tar.gz",
    await shOk(
      host,
      `cd / && tar -c --sort=name --owner=0 --group=0 --exclude=__pycache__ ${files} ${units} | gzip -9n | base64`,
    ),
  );
  const dd = `dd if=${lab.disk} bs=1M count=${DISK_MIB} iflag=direct status=none`;
  keep("disk.gz", await shOk(host, `${dd} | gzip -9n | base64`, { timeoutMs: 240_000 }));
}

main(process.argv[2] ?? "fixture").catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
