import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { hostFingerprint, type LabHost, labHosts, labS3, resetHost, shOk } from "../lab/index.js";
import { removeBucket, s3Client } from "../support/s3.js";
import { connectionTo } from "../support/spec.js";
import { changesOf, Deployment } from "./harness/deployment.js";
import {
  BUCKET,
  type Identity,
  PLACEHOLDERS,
  STACK,
  secretsOf,
  translate,
  translateFiles,
  upgradeSpec,
} from "./upgrade/upgrade-stack.js";

const FIXTURE = join(__dirname, "upgrade/before-rooms");
const [, host] = labHosts() as [LabHost, LabHost];
const server = labS3();
const s3 = s3Client(server);
const caCertificate = readFileSync(server.caCertificateFile, "utf8");
const disk = host.disks[1] ?? "";

const RESTORE_FILES = `tar -x -z -C /
systemctl daemon-reload`;
const digest = (text: string) => createHash("sha256").update(text).digest("hex");
const kept = (name: string) => readFileSync(join(FIXTURE, name));

/** Puts the repositories of the fixture into the lab's store. */
async function restoreObjects(): Promise<void> {
  // Its name is the same in every run: a lab that is kept may have it from one that broke off.
  await removeBucket(s3, BUCKET).catch((error: Error) => {
    if (error.name !== "NoSuchBucket") throw error;
  });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const folder = mkdtempSync(join(tmpdir(), "pulumi-lvm-objects-"));
  try {
    execFileSync("tar", ["-x", "-z", "-C", folder], { input: kept("objects.tar.gz") });
    for (const key of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      const file = join(folder, key);
      if (statSync(file).isFile())
        await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: readFileSync(file) }));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Status {
  readonly lastSuccess: { readonly time: string; readonly number: number; readonly segments: number };
  readonly lastVerified: { readonly recoveryPoint: string };
}

describe("a stack that the release before the rooms deployed", () => {
  let deployment: Deployment;
  let before: string;
  let scheduleId: string;
  let volumeId: string;
  const status = async (): Promise<Status> =>
    JSON.parse(await shOk(host, `cat /var/lib/pulumi-lvm/backups/${volumeId}/offsite/status.json`));

  beforeAll(async () => {
    await resetHost(host);
    before = await hostFingerprint(host);
    const { address, hostKey, privateKeyFile } = host;
    const { endpoint, accessKeyId, secretAccessKey } = server;
    const machineId = (await shOk(host, "cat /etc/machine-id")).trim();
    const lab: Identity = {
      ...{ address, hostKey, privateKeyFile, machineId, disk },
      ...{ endpoint, accessKeyId, secretAccessKey, caCertificate },
    };

    // The host as the old release left it, at its next boot.
    await shOk(host, `gunzip | dd of=${disk} bs=1M conv=fsync status=none; pvscan -q --cache`, {
      input: kept("disk.gz"),
    });
    await shOk(host, RESTORE_FILES, { input: kept("files.tar.gz") });
    const file = (await shOk(host, "ls /etc/pulumi-lvm/schedules/*.json")).trim();
    const placeholder = await shOk(host, `cat ${file}`);
    await translateFiles(host, PLACEHOLDERS, lab);
    const document = await shOk(host, `cat ${file}`);
    await shOk(host, "cd /etc/systemd/system; systemctl start pulumi-lvm-reactivate.service pulumi-lvm-*.timer");
    await restoreObjects();

    // Its state, with this lab's values where each lab has others.
    const state = translate(kept("state.json").toString(), PLACEHOLDERS, lab).replaceAll(
      digest(placeholder),
      digest(document),
    );
    const { port, user } = host;
    deployment = await Deployment.open(STACK, { secrets: secretsOf(server), stackName: STACK });
    await deployment.importInClear(
      JSON.parse(state, (key, value) =>
        key === "connection" ? { ...value, ...connectionTo(host), port, user } : value,
      ),
    );
    const resources = await deployment.state();
    scheduleId = String(resources["nightly:data:offsite"]?.outputs["scheduleId"]);
    volumeId = String(resources["data"]?.outputs["volumeId"]);
    deployment.declare(upgradeSpec(host, server, caCertificate));
  });
  afterAll(async () => {
    await deployment.close();
    await removeBucket(s3, BUCKET);
  });

  test("has no change in its preview but the programs of its host", async () => {
    const outcome = await deployment.preview();
    const { same, ...changes } = changesOf(outcome);
    expect(same).toBeGreaterThan(8);
    expect(changes).toEqual({ update: 1 });
    expect(outcome.output).toMatch(/~ +lvm:index:Host +node +update|lvm:Host +node +update/);
  });

  test("goes on with its schedules after an up, from the recovery points that it has", async () => {
    const { lastSuccess } = await status();
    const { same, ...changes } = changesOf(await deployment.up());
    expect(changes).toEqual({ update: 1 });
    await shOk(host, `systemctl start pulumi-lvm-backup@${scheduleId}.service`, { timeoutMs: 240_000 });
    const now = await status();
    expect(now.lastSuccess.number).toBe(lastSuccess.number + 1);
    // From the base that the old release left, and not from the start: "full" would say why.
    expect(now.lastSuccess).toMatchObject({ changedSegments: 0, segments: lastSuccess.segments });
    expect(now.lastSuccess).not.toHaveProperty("full");
    expect(await shOk(host, `systemctl is-active pulumi-lvm-backup@${scheduleId}.timer`)).toBe("active\n");
  });

  test("has nothing to do any more, in a preview and after a refresh", async () => {
    expect(Object.keys(changesOf(await deployment.preview()))).toEqual(["same"]);
    expect(Object.keys(changesOf(await deployment.refresh()))).toEqual(["same"]);
  });

  test("is destroyed to the last trace, once the master key that it generated is let go of", async () => {
    const spec = upgradeSpec(host, server, caCertificate);
    const spare = { ...spec.existingTargets?.["spare"], options: { protect: false } };
    changesOf(await deployment.up({ ...spec, existingTargets: { ...spec.existingTargets, spare } }));
    changesOf(await deployment.destroy());
    expect(await hostFingerprint(host)).toBe(before);
  });
});
