import { closeChannels } from "../../provider/hosts/channels.js";
import { type LabHost, labHosts } from "../lab/index.js";
import { BackupHost, type Point } from "./backup-host.js";

const [host] = labHosts() as [LabHost];
const on = new BackupHost(host);
const MIB = 2 ** 20;

beforeAll(() => on.open());
afterAll(async () => {
  try {
    expect(await on.close()).toBe("");
  } finally {
    await closeChannels();
  }
});

test("a backup costs what changed, whatever the size of the volume: 64 MiB on 1, 4 and 16 GiB", async () => {
  const points: Point[] = [];
  for (const gib of [1, 4, 16]) {
    const volume = await on.volume(`v${gib}`, `${gib}GiB`);
    // The same chunks in each, and some that stay as they are.
    await volume.write(0, 64 * 1024);
    await volume.write(512 * 1024, 16 * 1024);
    const first = await volume.backup();
    expect(first).toMatchObject({ full: "there is no base yet", bytesRead: 80 * MIB });
    await volume.write(0, 64 * 1024);
    const second = await volume.backup();
    expect(second.full).toBeUndefined();
    points.push(second);
    // The next one has its room, and not that of the bases of all before it.
    await volume.destroy();
    await on.sh(`rm -rf ${volume.repository}`);
  }
  // 64 MiB changed, and the sample of four segments.
  expect(points.map(({ bytesRead }) => bytesRead)).toEqual([80 * MIB, 80 * MIB, 80 * MIB]);
  for (const { bytesSent } of points) {
    expect(bytesSent).toBeGreaterThan(64 * MIB);
    expect(bytesSent).toBeLessThan(64 * MIB * 1.03);
  }
});
