import { readFileSync } from "node:fs";
import * as S3 from "@aws-sdk/client-s3";
import { hostFingerprint, type LabHost, labHosts, labS3, resetHost, shOk } from "../lab/index.js";
import { removeBucket, s3Client } from "../support/s3.js";
import { oneHost, type Spec } from "../support/spec.js";
import { jsonOf, pulumiLvm } from "./harness/cli.js";
import { changesOf, Deployment } from "./harness/deployment.js";

const [host] = labHosts() as [LabHost];
const server = labS3();
const root = s3Client(server);
const bucket = `repair-${Date.now().toString(36)}`;

interface Listed {
  readonly volumes: { readonly recoveryPoints: { readonly id: string; readonly verified: string | null }[] }[];
}

describe("a store that changed what it keeps", () => {
  let deployment: Deployment;
  let before: string;
  const spec: Spec = {
    ...oneHost(host),
    volumes: { data: { pool: "pool", size: "64MiB", deletionPolicy: "delete" } },
    existingTargets: {
      offsite: {
        endpoint: server.endpoint,
        bucket,
        caCertificate: readFileSync(server.caCertificateFile, "utf8"),
        credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
        masterKey: Buffer.alloc(32, 7).toString("base64"),
      },
    },
    backups: { now: { volume: "data", target: "offsite" } },
  };
  const run = (...args: readonly string[]) => pulumiLvm(deployment, args);
  const points = async () => (await jsonOf<Listed>(deployment, "backups")).volumes[0]?.recoveryPoints ?? [];

  beforeAll(async () => {
    await resetHost(host);
    before = await hostFingerprint(host);
    await root.send(new S3.CreateBucketCommand({ Bucket: bucket }));
    deployment = await Deployment.open("repair");
    const { backups: _, ...withoutBackups } = spec;
    changesOf(await deployment.up(withoutBackups));
    await shOk(
      host,
      "lvchange -ay fast/data; dd if=/dev/urandom of=/dev/fast/data bs=1M count=24 conv=fsync status=none",
    );
    changesOf(await deployment.up(spec));
  });
  afterAll(async () => {
    await deployment.close();
    await removeBucket(root, bucket);
  });

  test("is found out, and what is said of it names the way back", async () => {
    const { Contents = [] } = await root.send(new S3.ListObjectsV2Command({ Bucket: bucket }));
    const packs = Contents.filter(({ Key = "" }) => Key.includes("/data/")).sort(
      (a, b) => (b.Size ?? 0) - (a.Size ?? 0),
    );
    const pack = { Bucket: bucket, Key: packs[0]?.Key };
    const body = await (await root.send(new S3.GetObjectCommand(pack))).Body?.transformToByteArray();
    if (body === undefined) throw new Error("The repository has no pack");
    body.fill(0, 100_000, 100_100);
    await root.send(new S3.PutObjectCommand({ ...pack, Body: body }));
    const verified = await run("verify", "data");
    expect(verified.stderr).toMatch(/drop what is damaged with 'pulumi-lvm repair'/);
    expect(verified.code).toBe(2);
    const { code, stdout } = await run("check", "--max-age", "1d");
    expect(code).not.toBe(0);
    expect(stdout).toContain('pulumi-lvm repair "data"');
  });

  test("a repair says what it costs, and does nothing until the volume's name is typed", async () => {
    const was = await points();
    const refused = await pulumiLvm(deployment, ["repair", "data"], {}, "date\n");
    expect(refused.stderr).toMatch(
      /^This reads the recovery point of volume "data" in target "offsite".*Nothing was done/s,
    );
    expect(refused.code).toBe(2);
    expect(await points()).toEqual(was);
  });

  test("then it drops what is damaged and makes and verifies a new recovery point, and the host's log has that", async () => {
    const [was] = await points();
    const { stdout, code } = await pulumiLvm(deployment, ["repair", "data"], {}, "data\n");
    expect(stdout).toMatch(
      new RegExp(`^Forgotten, as it was damaged: ${was?.id} .*\nRecovery point \\S+ is verified: `),
    );
    expect(code).toBe(0);
    const now = await points();
    expect(now).toHaveLength(1);
    expect(now[0]?.id).not.toBe(was?.id);
    expect(now[0]?.verified).not.toBeNull();
    expect((await run("check", "--max-age", "1d")).stdout).not.toContain("damaged");
    expect((await run("events")).stdout).toMatch(/repair .*done/);
    // What the program says was backed up is gone, and an up goes on all the same.
    changesOf(await deployment.up());
  });

  test("destroy leaves nothing behind on the host", async () => {
    changesOf(await deployment.destroy());
    expect(await hostFingerprint(host)).toBe(before);
  });
});
