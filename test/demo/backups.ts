import { readFileSync, rmSync } from "node:fs";
import { type LabHost, labS3, shOk } from "../lab/index.js";
import { infraRepository } from "../support/infra-repository.js";
import { awsOf } from "../support/spec.js";

/** What the demo does a step with: the Pulumi CLI in a folder, and a heading. */
interface Stage {
  heading(text: string): void;
  mustSucceed(words: readonly string[], cwd: string): void;
}

/** examples/backups on a host: two backups, of which the second costs what changed, and a restore that is compared. */
export async function demonstrateBackups(host: LabHost, { heading, mustSucceed }: Stage): Promise<void> {
  const folder = infraRepository("backups");
  const run = (...words: string[]) => mustSucceed(words, folder);
  const set = (key: string, value: string) => run("config", "set", key, "--", value);
  try {
    heading("Backups: examples/backups, a bucket in the same stack (here the lab's own S3)");
    run("stack", "init");
    const server = labS3();
    const { region, accessKey, secretKey, customCaBundle, endpoints, s3UsePathStyle } = awsOf(server);
    const settings = { region, accessKey, customCaBundle, endpoints: JSON.stringify(endpoints), s3UsePathStyle };
    for (const [key, value] of Object.entries(settings)) set(`aws:${key}`, `${value}`);
    run("config", "set", "--secret", "aws:secretKey", "--", `${secretKey}`);
    const { address, port, user, hostKey, privateKeyFile, disks } = host;
    set("host", JSON.stringify({ connection: { address, port, user, hostKey, privateKeyFile }, disk: disks[0] }));
    set("endpoint", server.endpoint);
    set("caCertificate", readFileSync(server.caCertificateFile, "utf8"));
    set("forceDestroy", "true");

    heading("The first backup: everything that the volume holds");
    run("up", "--yes", "--skip-preview");

    heading("A change of 8 MiB, and a second backup, which reads and sends just that and a small sample");
    await shOk(
      host,
      "lvchange -ay vault/data && dd if=/dev/urandom of=/dev/vault/data bs=1M seek=512 count=8 conv=fsync status=none && lvchange -an vault/data",
    );
    set("release", "2");
    run("up", "--yes", "--skip-preview");

    heading("A restore to a new volume, and both compared by the host's own tools");
    set("restore", "true");
    run("up", "--yes", "--skip-preview");
    const sums =
      "for name in data data-restored; do lvchange -ay vault/$name; sha256sum </dev/vault/$name; lvchange -an vault/$name; done";
    console.log(`$ ssh ${host.name} sha256sum /dev/vault/data /dev/vault/data-restored`);
    const [source, copy] = (await shOk(host, sums)).trim().split("\n");
    console.log(`${source}\n${copy}`);
    if (source !== copy) throw new Error("The demo ends here: the restored volume differs");

    run("destroy", "--yes", "--skip-preview");
    run("stack", "rm", "--yes");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
