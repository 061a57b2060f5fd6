import { randomBytes } from "node:crypto";
import * as S3 from "@aws-sdk/client-s3";
import { sharedTargetRef } from "../../provider/model/refs.js";
import { labS3 } from "../lab/index.js";
import { removeBucket, s3Client } from "../support/s3.js";
import type { Spec } from "../support/spec.js";
import { changesOf, Deployment, refusalOf } from "./harness/deployment.js";
import { targetReach } from "./stacks/made-target.js";

const server = labS3();
const root = s3Client(server);
const reach = targetReach(server);

describe("BackupTarget.existing", () => {
  const bucket = `existing-${Date.now().toString(36)}`;
  const masterKey = randomBytes(32).toString("base64");
  let deployment: Deployment;
  const existing = (more: Record<string, unknown> = {}): Spec => ({
    hosts: {},
    existingTargets: {
      offsite: {
        ...reach,
        bucket,
        prefix: "site-1",
        credentials: { accessKeyId: server.accessKeyId, secretAccessKey: { secret: "s3Secret" } },
        ...more,
      },
    },
  });

  beforeAll(async () => {
    await root.send(new S3.CreateBucketCommand({ Bucket: bucket }));
    const secrets = { s3Secret: server.secretAccessKey, masterKey };
    deployment = await Deployment.open("existing", { secrets });
  });
  afterAll(async () => {
    await deployment.close();
    await removeBucket(root, bucket);
  });

  test("up makes a master key and nothing else, and it stays the same", async () => {
    expect(changesOf(await deployment.up(existing()))).toEqual({ create: 3 });
    const { "offsite-target": made } = await deployment.outputs();
    const { accessKeyId, secretAccessKey, region } = server;
    const known = { name: "offsite", bucket, prefix: "site-1", accessKeyId, secretAccessKey, region, ...reach };
    expect(sharedTargetRef.parse(made)).toMatchObject(known);
    expect(changesOf(await deployment.up())).toEqual({ same: 3 });
    expect(changesOf(await deployment.refresh())).toEqual({ same: 3 });
    expect(await deployment.outputs()).toEqual({ "offsite-target": made });
  });

  test("a destroy does not forget the key, nor does a program that has another one: it says how it is let go", async () => {
    const was = await deployment.outputs();
    const words = [/offsite-master-key.*protect/s, "pulumi state unprotect"];
    const other = existing({ masterKey: { secret: "masterKey" } });
    for (const output of [refusalOf(await deployment.destroy()), refusalOf(await deployment.up(other))])
      for (const word of words) expect(output).toMatch(word);
    changesOf(await deployment.up(existing()));
    expect(await deployment.outputs()).toEqual(was);
  });

  test("under another name it keeps the key by an alias, and gets no new one without", async () => {
    const keyOf = async (name: string) =>
      sharedTargetRef.parse((await deployment.outputs())[`${name}-target`]).masterKey;
    const { offsite } = existing().existingTargets ?? {};
    const key = await keyOf("offsite");
    expect(refusalOf(await deployment.preview({ hosts: {}, existingTargets: { vault: { ...offsite } } }))).toMatch(
      /protect/,
    );
    const renamed = { vault: { ...offsite, options: { aliases: [{ name: "offsite" }] } } };
    expect(changesOf(await deployment.up({ hosts: {}, existingTargets: renamed }))).toEqual({ same: 3 });
    expect(await keyOf("vault")).toBe(key);
    const back = existing({ options: { aliases: [{ name: "vault" }] } });
    expect(changesOf(await deployment.up(back))).toEqual({ same: 3 });
  });

  test("a master key that is given takes the place of the generated one, once that is let go", async () => {
    changesOf(await deployment.up(existing({ options: { protect: false } })));
    changesOf(await deployment.up(existing({ masterKey: { secret: "masterKey" } })));
    const { "offsite-target": made } = await deployment.outputs();
    expect(sharedTargetRef.parse(made).masterKey).toBe(masterKey);
    expect(deployment.stateFile()).not.toContain(masterKey);
  });

  test.each([
    [{ masterKey: "c2hvcnQ=" }, 'Cannot use masterKey of BackupTarget "offsite": must be base64 of at least 32 bytes'],
    [{ endpoint: "http://10.77.0.1" }, 'Cannot use endpoint of BackupTarget "offsite": must be an https URL'],
    [{ credentials: { accessKeyId: "a" } }, 'Cannot use credentials.secretAccessKey of BackupTarget "offsite"'],
    [{ prefixes: "a" }, 'Cannot use prefixes of BackupTarget "offsite": there is no such field'],
  ])("a preview refuses %j", async (more, message) => {
    const output = refusalOf(await deployment.preview(existing(more)));
    expect(output).toContain(message);
    expect(output).not.toContain("    at ");
  });

  test("destroy leaves the bucket alone", async () => {
    changesOf(await deployment.destroy());
    await root.send(new S3.HeadBucketCommand({ Bucket: bucket }));
  });
});
