import { readFileSync } from "node:fs";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { closeChannels } from "../../provider/hosts/channels.js";
import type { Kind } from "../../provider/index.js";
import { hostFingerprint, type LabHost, type LabS3, labHosts, labS3, resetHost, shOk } from "../lab/index.js";
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

/** The bucket as a backup names it. */
function targetOf({ endpoint, region, accessKeyId, secretAccessKey, caCertificateFile }: LabS3) {
  return {
    name: "lab",
    endpoint,
    region,
    bucket,
    prefix: "",
    accessKeyId,
    secretAccessKey,
    caCertificate: readFileSync(caCertificateFile, "utf8"),
    masterKey: Buffer.alloc(32, 1).toString("base64"),
  };
}

/** A volume with what it lies on, in the order in which they are made. */
async function declareData() {
  const machineId = (await shOk(host, "cat /etc/machine-id")).trim();
  const make = (kind: Kind, name: string, inputs: object) =>
    new Managed(kind, { host: refTo(host, machineId), owner: owner(kind, name), ...inputs });
  const common = { volumeGroup: "fast", pool: "pool", size: "16MiB", deletionPolicy: "delete" };
  const copyOf = (source: object) => make("volume", "copy", { ...common, name: "copy", source });
  const backupOf = (volumeId: unknown, target: object) =>
    make("backup", "now", { volumeId, volumeGroup: "fast", volumeName: "data", target });
  const data = make("volume", "data", { ...common, name: "data" });
  const all = [
    make("host", "node", { host: refTo(host, "") }),
    make("volumeGroup", "fast", { name: "fast", disks: host.disks.slice(0, 1) }),
    make("thinPool", "pool", { volumeGroup: "fast", name: "pool", size: "256MiB" }),
    data,
  ];
  return { all, data, backupOf, copyOf };
}

test("a restore that dies after any of its commands publishes nothing, and the next up finishes it", async () => {
  await resetHost(host);
  const before = await hostFingerprint(host);
  await s3Client(server).send(new CreateBucketCommand({ Bucket: bucket }));
  const target = targetOf(server);
  const { all, data, backupOf, copyOf } = await declareData();
  for (const each of all) await each.up();
  await shOk(
    host,
    "lvchange -ay fast/data; dd if=/dev/urandom of=/dev/fast/data bs=1M seek=3 count=6 conv=fsync status=none; lvchange -an fast/data",
  );
  const was = await sumOf("data");
  const { volumeId } = data.outputs;
  const backup = backupOf(volumeId, target);
  await backup.up();

  await installCutter(host);
  const copy = copyOf({ target, volumeId, recoveryPoint: "latest" });
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

  for (const each of [backup, ...all.toReversed()]) await each.destroy();
  expect(await hostFingerprint(host)).toBe(before);
  await closeChannels();
  await removeBucket(s3Client(server), bucket);
});
