import { readFileSync } from "node:fs";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { closeChannels } from "../../provider/hosts/channels.js";
import { hostFingerprint, type LabHost, labHosts, labS3, resetHost, shOk } from "../lab/index.js";
import { cutAfter, cutEverywhere, installCutter, removeCutter } from "../support/cut.js";
import { removeBucket, s3Client } from "../support/s3.js";
import { Managed, refTo } from "./managed.js";

const [, host] = labHosts() as [LabHost, LabHost];
const server = labS3();
const bucket = `restore-cut-${Date.now().toString(36)}`;
const owner = (kind: string, name: string) => `organization/cut/dev/${kind}/${name}`;
// Past the cutter, which wraps what is found by name.
const sumOf = (volume: string) =>
  shOk(
    host,
    `/usr/sbin/lvchange -ay fast/${volume}; sha256sum </dev/fast/${volume}; /usr/sbin/lvchange -an fast/${volume}`,
  );

test("a restore that dies after any of its commands publishes nothing, and the next up finishes it", async () => {
  await resetHost(host);
  const before = await hostFingerprint(host);
  const machineId = (await shOk(host, "cat /etc/machine-id")).trim();
  const on = { host: refTo(host, machineId) };
  await s3Client(server).send(new CreateBucketCommand({ Bucket: bucket }));
  const { endpoint, region, accessKeyId, secretAccessKey, caCertificateFile } = server;
  const caCertificate = readFileSync(caCertificateFile, "utf8");
  const masterKey = Buffer.alloc(32, 1).toString("base64");
  const target = {
    name: "lab",
    endpoint,
    region,
    bucket,
    prefix: "",
    accessKeyId,
    secretAccessKey,
    caCertificate,
    masterKey,
  };

  const node = new Managed("host", { host: { ...on.host, machineId: "" }, owner: owner("host", "node") });
  const group = new Managed("volumeGroup", {
    ...on,
    owner: owner("volumeGroup", "fast"),
    name: "fast",
    disks: host.disks.slice(0, 1),
  });
  const pool = new Managed("thinPool", {
    ...on,
    owner: owner("thinPool", "pool"),
    volumeGroup: "fast",
    name: "pool",
    size: "256MiB",
  });
  const common = { ...on, volumeGroup: "fast", pool: "pool", size: "16MiB", deletionPolicy: "delete" };
  const data = new Managed("volume", { ...common, owner: owner("volume", "data"), name: "data" });
  for (const each of [node, group, pool, data]) await each.up();
  await shOk(
    host,
    "lvchange -ay fast/data; dd if=/dev/urandom of=/dev/fast/data bs=1M seek=3 count=6 conv=fsync status=none; lvchange -an fast/data",
  );
  const was = await sumOf("data");
  const { volumeId } = data.outputs;
  const backup = new Managed("backup", {
    ...on,
    owner: owner("backup", "now"),
    volumeId,
    volumeGroup: "fast",
    volumeName: "data",
    target,
  });
  await backup.up();

  await installCutter(host);
  const copy = new Managed("volume", {
    ...common,
    owner: owner("volume", "copy"),
    name: "copy",
    source: { target, volumeId, recoveryPoint: "latest" },
  });
  const commands = await cutEverywhere(
    host,
    async () => {
      await copy.up();
      expect(await sumOf("copy")).toBe(was);
    },
    () => copy.destroy(),
  );
  expect(commands).toContain("lvrename");
  await cutAfter(host, 0);
  await removeCutter(host);

  for (const each of [backup, data, pool, group, node]) await each.destroy();
  expect(await hostFingerprint(host)).toBe(before);
  await closeChannels();
  await removeBucket(s3Client(server), bucket);
});
