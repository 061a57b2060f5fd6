import { hostFingerprint, type LabHost, labHosts, resetHost, shOk } from "../lab/index.js";
import { oneHost } from "../support/spec.js";
import { changesOf, Deployment } from "./harness/deployment.js";

const [, host] = labHosts() as [LabHost, LabHost];
const VOLUMES = 100;

/** SSH execs that the host's own sshd has seen since the mark; its log names each at level VERBOSE. */
async function execsSince(mark: string): Promise<number> {
  // By its name and not by its unit: pam_systemd gives each session a unit of its own, and newer releases a program.
  const log = await shOk(
    host,
    `journalctl --sync; journalctl -t sshd -t sshd-session --after-cursor='${mark}' -o cat --no-pager`,
  );
  // The one that asks is logged too.
  return log.split("\n").filter((line) => /Starting session: command/.test(line)).length - 1;
}

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
    await shOk(
      host,
      "mkdir -p /etc/ssh/sshd_config.d; echo 'LogLevel VERBOSE' >/etc/ssh/sshd_config.d/verbose.conf; systemctl restart ssh",
    );
    deployment = await Deployment.open("scale");
  });
  afterAll(async () => {
    await deployment.close();
    await shOk(host, "rm /etc/ssh/sshd_config.d/verbose.conf; systemctl restart ssh");
  });

  /** Runs a deployment and counts the execs that it took. */
  async function execs(run: () => Promise<unknown>): Promise<number> {
    const mark = (
      await shOk(host, "journalctl --sync; journalctl -n 0 --show-cursor | sed -n 's/^-- cursor: //p'")
    ).trim();
    await run();
    return execsSince(mark);
  }

  test("up makes them all in far fewer execs than volumes", async () => {
    const count = await execs(async () =>
      expect(changesOf(await deployment.up(spec))).toEqual({ create: VOLUMES + 4 }),
    );
    // The engine has 8 to 16 calls under way at once, and each round of them is one exec.
    expect(count).toBeLessThan(VOLUMES / 2);
    expect((await shOk(host, "lvs --noheadings -S 'lv_role=public' fast")).trim().split("\n")).toHaveLength(VOLUMES);
  });

  test("a preview with no change takes one exec", async () => {
    expect(await execs(async () => expect(changesOf(await deployment.preview())).toEqual({ same: VOLUMES + 4 }))).toBe(
      1,
    );
  });

  test("a refresh takes one exec", async () => {
    expect(await execs(async () => expect(changesOf(await deployment.refresh())).toEqual({ same: VOLUMES + 4 }))).toBe(
      1,
    );
  });

  test("an up with no change takes one exec", async () => {
    expect(await execs(async () => expect(changesOf(await deployment.up())).toEqual({ same: VOLUMES + 4 }))).toBe(1);
  });

  test("destroy leaves nothing", async () => {
    changesOf(await deployment.destroy());
    expect(await hostFingerprint(host)).toBe(before);
  });
});
