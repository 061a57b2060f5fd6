import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LabHost, labS3, shOk } from "../lab/index.js";
import { infraRepository } from "../support/infra-repository.js";
import { awsOf } from "../support/spec.js";
import type { Stage } from "./stage.js";

/** In the data of the file system: a drill checks that it is sound, and its journal is in the middle, at 512 MiB. */
const CHANGE = "dd if=/dev/urandom of=/dev/vault/data bs=1M seek=700 count=8 conv=fsync status=none";

/** Starts the drill of each schedule on the host, as its timer does, and waits for it; a drill that fails is an error. */
const DRILL = `set -e; for file in /etc/pulumi-lvm/schedules/*.json; do
  id=\${file##*/}
  systemctl start "pulumi-lvm-drill@\${id%.json}.service"
done`;

/**
 * examples/backups on a host: two backups, of which the second costs what changed, a restore that is compared, a policy, and a drill.
 * @returns The file with the report.
 */
export async function demonstrateBackups(host: LabHost, stage: Stage): Promise<string> {
  const folder = infraRepository("backups");
  const run = (...words: string[]) => stage.mustSucceed(words, folder);
  const set = (key: string, value: string) => run("config", "set", key, "--", value);
  const up = () => run("up", "--yes", "--skip-preview");
  try {
    stage.heading("Backups: examples/backups, a bucket in the same stack (here the lab's own S3)");
    await run("stack", "init");
    await configure(host, set, run);

    stage.heading("The first backup: everything that the volume holds");
    await up();

    stage.heading("A change of 8 MiB, and a second backup, which reads and sends just that and a small sample");
    await shOk(host, `lvchange -ay vault/data && ${CHANGE} && lvchange -an vault/data`);
    await set("release", "2");
    await up();

    stage.heading("A restore to a new volume, and both compared by the host's own tools");
    await set("restore", "true");
    await up();
    await compare(host);

    stage.heading("A policy: from now on the host backs the volume up each night, and rehearses a restore each month");
    await set("policy", "true");
    await up();

    stage.heading(
      "A drill, now and not next month: the newest backup restored to a scratch volume, compared, and timed",
    );
    console.log(`$ ssh ${host.name} systemctl start 'pulumi-lvm-drill@….service'`);
    await shOk(host, DRILL, { timeoutMs: 300_000 });

    stage.heading("How the backups are: what the host notes, compared with the state");
    stage.pulumiLvm(["status"], folder);

    stage.heading("The same as a page that needs nothing else");
    const report = join(mkdtempSync(join(tmpdir(), "pulumi-lvm-demo-report-")), "report.html");
    stage.pulumiLvm(["report", "--html", report], folder);

    stage.heading("Destroy: the policy goes first, and the volume, as its newest backup is verified");
    await run("destroy", "--yes", "--skip-preview");
    await run("stack", "rm", "--yes");
    return report;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function configure(
  host: LabHost,
  set: (key: string, value: string) => Promise<void>,
  run: (...words: string[]) => Promise<void>,
): Promise<void> {
  const server = labS3();
  const { region, accessKey, secretKey, customCaBundle, endpoints, s3UsePathStyle } = awsOf(server);
  const settings = { region, accessKey, customCaBundle, endpoints: JSON.stringify(endpoints), s3UsePathStyle };
  for (const [key, value] of Object.entries(settings)) await set(`aws:${key}`, `${value}`);
  await run("config", "set", "--secret", "aws:secretKey", "--", `${secretKey}`);
  const { address, port, user, hostKey, privateKeyFile, disks } = host;
  await set("host", JSON.stringify({ connection: { address, port, user, hostKey, privateKeyFile }, disk: disks[0] }));
  await set("endpoint", server.endpoint);
  await set("caCertificate", readFileSync(server.caCertificateFile, "utf8"));
  await set("forceDestroy", "true");
}

/** @throws {Error} If the restored volume has other bytes. */
async function compare(host: LabHost): Promise<void> {
  const sums =
    "for name in data data-restored; do lvchange -ay vault/$name; sha256sum </dev/vault/$name; lvchange -an vault/$name; done";
  console.log(`$ ssh ${host.name} sha256sum /dev/vault/data /dev/vault/data-restored`);
  const [source, copy] = (await shOk(host, sums)).trim().split("\n");
  console.log(`${source}\n${copy}`);
  if (source !== copy) throw new Error("The demo ends here: the restored volume differs");
}
