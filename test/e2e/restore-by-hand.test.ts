import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type LabHost, labHosts, labS3, resetHost, shOk } from "../lab/index.js";
import { removeBucket, s3Client } from "../support/s3.js";
import { awsOf, oneHost, type Spec } from "../support/spec.js";
import { changesOf, Deployment } from "./harness/deployment.js";

const [host, other] = labHosts() as [LabHost, LabHost];
const server = labS3();
const caCertificate = readFileSync(server.caCertificateFile, "utf8");
const page = readFileSync(join(__dirname, "../../docs/restore-without-pulumi-lvm.md"), "utf8");

/** The commands of the page, as a reader copies them. */
const commands = /```sh\n(.*?)```/s.exec(page)?.[1] ?? "";

const quote = (text: string): string => `'${text.replaceAll("'", `'"'"'`)}'`;

test("the commands of docs/restore-without-pulumi-lvm.md restore a volume on a machine that has nothing of ours", async () => {
  await resetHost(host);
  await resetHost(other);
  const spec: Spec = {
    ...oneHost(host),
    aws: awsOf(server),
    targets: { offsite: { prefix: "fleet", endpoint: server.endpoint, caCertificate } },
    volumes: { data: { pool: "pool", size: "200MiB", fileSystem: "ext4", deletionPolicy: "delete" } },
  };
  const deployment = await Deployment.open("by-hand");
  changesOf(await deployment.up(spec));
  await shOk(
    host,
    "lvchange -ay fast/data; dd if=/dev/urandom of=/dev/fast/data bs=1M seek=50 count=33 conv=fsync status=none",
  );
  const was = (await shOk(host, "sha256sum </dev/fast/data; lvchange -an fast/data")).trim();
  changesOf(await deployment.up({ ...spec, backups: { now: { volume: "data", target: "offsite" } } }));
  const target = (await deployment.outputs())["offsite-target"] as Record<string, string>;
  const volume = String((await deployment.state())["data"]?.outputs["volumeId"]);

  const settings = {
    MASTER_KEY: target["masterKey"],
    VOLUME: volume,
    STORE: `${target["endpoint"]}/${target["bucket"]}/${target["prefix"]}`,
    DEVICE: "/dev/rescue/data",
    DIR: "/root/restore",
    AWS_ACCESS_KEY_ID: target["accessKeyId"],
    AWS_SECRET_ACCESS_KEY: target["secretAccessKey"],
    AWS_DEFAULT_REGION: target["region"],
  };
  // The lab's certificate authority is one that no machine knows.
  const script = [
    "set -eu",
    "cat >/root/ca.pem <<'END'",
    caCertificate,
    "END",
    'restic() { command restic --cacert /root/ca.pem "$@"; }',
    ...Object.entries(settings).map(([name, value]) => `export ${name}=${quote(value ?? "")}`),
    `vgcreate -q -y rescue ${other.disks[0]} && lvcreate -q -y -L 200M -n data rescue`,
    commands,
    "sha256sum <$DEVICE",
  ].join("\n");
  const output = await shOk(other, script, { timeoutMs: 180_000 });
  await shOk(other, "vgremove -q -y -f rescue; rm -rf /root/restore /root/ca.pem");
  expect(output.trim().split("\n").at(-1)).toBe(was);

  await removeBucket(s3Client(server), String(target["bucket"]));
  changesOf(await deployment.destroy());
  await deployment.close();
});
