import { hostFingerprint, type LabHost, labHosts, resetHost, shOk } from "../lab/index.js";
import { oneHost } from "../support/spec.js";
import { countExecs, logExecs } from "./harness/count-execs.js";
import { changesOf, Deployment } from "./harness/deployment.js";

const [, host] = labHosts() as [LabHost, LabHost];
const VOLUMES = 100;

describe(`${VOLUMES} volumes on one host`, () => {
  let deployment: Deployment;
  let before: string;
  const spec = oneHost(host);
  spec.pools = { pool: { volumeGroup: "fast", size: "4GiB", maxOvercommit: 4 } };
  spec.volumes = Object.fromEntries(
    Array.from({ length: VOLUMES }, (_, index) => [
      `v${index}`,
      { pool: "pool", size: "64MiB", deletionPolicy: "delete" },
    ]),
  );

  beforeAll(async () => {
    await resetHost(host);
    before = await hostFingerprint(host);
    await logExecs(host, true);
    deployment = await Deployment.open("scale");
  });
  afterAll(async () => {
    await deployment.close();
    await logExecs(host, false);
  });

  test("up makes them all in far fewer execs than volumes", async () => {
    const count = await countExecs(host, async () =>
      expect(changesOf(await deployment.up(spec))).toEqual({ create: VOLUMES + 4 }),
    );
    // The engine has 8 to 16 calls under way at once, and each round of them is one exec.
    expect(count).toBeLessThan(VOLUMES / 2);
    expect((await shOk(host, "lvs --noheadings -S 'lv_role=public' fast")).trim().split("\n")).toHaveLength(VOLUMES);
  });

  test("a preview with no change takes one exec", async () => {
    expect(
      await countExecs(host, async () => expect(changesOf(await deployment.preview())).toEqual({ same: VOLUMES + 4 })),
    ).toBe(1);
  });

  test("a refresh takes one exec", async () => {
    expect(
      await countExecs(host, async () => expect(changesOf(await deployment.refresh())).toEqual({ same: VOLUMES + 4 })),
    ).toBe(1);
  });

  test("an up with no change takes one exec", async () => {
    expect(
      await countExecs(host, async () => expect(changesOf(await deployment.up())).toEqual({ same: VOLUMES + 4 })),
    ).toBe(1);
  });

  test("destroy leaves nothing", async () => {
    changesOf(await deployment.destroy());
    expect(await hostFingerprint(host)).toBe(before);
  });
});
