import { closeChannels } from "../../provider/hosts/channels.js";
import { type LabHost, labHosts } from "../lab/index.js";
import { BackupHost, PASSWORD, type Point } from "./backup-host.js";

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

test("a backup of what did not change writes no folder of the tree anew", async () => {
  const volume = await on.volume("same", "2GiB");
  // One segment in either of two folders.
  await volume.write(0, 64);
  await volume.write(1024 * 1024, 64);
  for (const _ of [1, 2, 3]) await volume.backup();
  const folders = await on.sh(`export RESTIC_PASSWORD=${PASSWORD} RESTIC_REPOSITORY=${volume.repository}
for tree in $(restic snapshots --json --tag kind=data | jq -r '.[].tree'); do
  restic cat blob $tree | jq -c '[.nodes[] | select(.type == "dir") | .subtree]'
done`);
  const [first = "", ...others] = folders.trim().split("\n");
  expect(JSON.parse(first)).toHaveLength(2);
  expect(others).toEqual([first, first]);
});

test("a repository has one key, which opens it at once, and restic alone reads it by the password", async () => {
  const volume = await on.volume("keyed", "64MiB");
  await volume.write(0, 1);
  await volume.backup();
  const keys = await on.sh(`export RESTIC_PASSWORD=${PASSWORD} RESTIC_REPOSITORY=${volume.repository}
for key in $(restic list keys); do restic cat key $key | jq -c '[.kdf, .N, .r, .p]'; done; restic check -q`);
  expect(keys.trim().split("\n")).toEqual(['["scrypt",1024,8,1]']);
});
