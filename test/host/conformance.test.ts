import { readFileSync } from "node:fs";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { closeChannels } from "../../provider/hosts/channels.js";
import type { Kind } from "../../provider/index.js";
import { hostFingerprint, type LabHost, labHosts, labS3, resetHost, shOk } from "../lab/index.js";
import { cutAfter, cutEverywhere, installCutter, removeCutter } from "../support/cut.js";
import { removeBucket, s3Client } from "../support/s3.js";
import { allInputs } from "../unit/provider/string-fields.js";
import { conformance } from "./conformance.js";
import { Managed, refTo } from "./managed.js";
import { BUCKET, group, node, OTHER_ID, on, owner, pool, standingOn, thinInputs } from "./subjects/ground.js";
import { subjects } from "./subjects.js";

const [host] = labHosts() as [LabHost];
const s3 = s3Client(labS3());
const privateKey = readFileSync(host.privateKeyFile, "utf8");
const OTHER_MACHINE = "0123456789abcdef0123456789abcdef";

let before: string;
beforeAll(async () => {
  await resetHost(host);
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  before = await hostFingerprint(host);
  await installCutter(host);
  on.host = refTo(host, (await shOk(host, "cat /etc/machine-id")).trim());
});
afterAll(async () => {
  await removeCutter(host);
  await closeChannels();
  await removeBucket(s3, BUCKET);
});

test("every kind of resource that the provider defines hands its subjects to the suite", () => {
  expect([...Object.keys(subjects), "snapshot"].sort()).toEqual(Object.keys(allInputs()).sort());
});

for (const [kind, all] of Object.entries(subjects))
  for (const subject of all) conformance(kind as Kind, subject, host, privateKey);

describe("host", () => {
  test("another machine at its address is refused, and left as it is", async () => {
    await standingOn(node)();
    const was = await hostFingerprint(host);
    const { resource } = node;
    const outputs = resource.outputs;
    resource.outputs = { ...outputs, machineId: OTHER_MACHINE };
    const words = /has machine-id .*, and this resource belongs to machine-id 0123456789abcdef/;
    for (const act of [() => resource.refresh(), () => resource.reconcile(), () => resource.destroy()])
      await expect(act()).rejects.toThrow(words);
    resource.outputs = outputs;
    expect(await hostFingerprint(host)).toBe(was);
  });
});

describe("volume", () => {
  test("what carries its name and its owner's in another volume group is not its own, and no command goes there", async () => {
    await standingOn(node, group, pool)();
    const inputs = { ...thinInputs(), owner: owner("volume", "kept"), name: "kept", fileSystem: "none" };
    const tags = `--addtag pulumi-lvm.id=${OTHER_ID} --addtag pulumi-lvm.owner=${inputs.owner} --addtag pulumi-lvm.made-by=${on.host.identity}`;
    // A customer's volume has the name that the half-made one has elsewhere.
    await shOk(
      host,
      `vgcreate -q -y other ${host.disks[1]}
       lvcreate -q -y -an -Wn -Zn -L 16M -n half ${tags} other; lvcreate -q -y -an -Wn -Zn -L 16M -n half fast`,
    );
    const theirs = () => shOk(host, "lvs --noheadings -o lv_full_name,lv_uuid,lv_size,lv_active,lv_tags | grep half");
    const was = await theirs();
    const kept = new Managed("volume", inputs);
    await kept.up();
    await kept.up({ ...inputs, size: "320MiB" });
    expect(kept.outputs).toMatchObject({ volumeGroup: "fast", name: "kept" });
    await kept.destroy();
    expect(await theirs()).toBe(was);
    await shOk(host, `lvremove -q -y fast/half; vgremove -q -y other; pvremove -q -y ${host.disks[1]}`);
  });

  test("cut after any command while it becomes a tombstone, or comes back, it is that after the next try", async () => {
    await standingOn(node, group, pool)();
    const inputs = {
      ...thinInputs(),
      deletionPolicy: "tombstone",
      owner: owner("volume", "kept"),
      name: "kept",
      fileSystem: "none",
    };
    const kept = new Managed("volume", inputs);
    await kept.up();
    const uuid = kept.outputs["uuid"] as string;
    const back = () => kept.up({ ...inputs, adopt: uuid });
    // What was adopted once has an identity of its own from then on.
    await kept.destroy();
    await back();
    expect(await cutEverywhere(host, () => kept.destroy(), back)).toHaveLength(2);
    await kept.destroy();
    expect(await cutEverywhere(host, back, () => kept.destroy())).toHaveLength(2);
    await back();
    await kept.up({ ...inputs, deletionPolicy: "delete" });
    await kept.destroy();
  });
});

test("everything removed, the host is as it was", async () => {
  await cutAfter(host, 0);
  await standingOn()();
  await removeCutter(host);
  expect(await hostFingerprint(host)).toBe(before);
});
