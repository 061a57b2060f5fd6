import { closeChannels } from "../../provider/hosts/channels.js";
import { type LabHost, labHosts } from "../lab/index.js";
import { BackupHost, type Point, succeeded, type Volume } from "./backup-host.js";

const [host] = labHosts() as [LabHost];
const on = new BackupHost(host);

beforeAll(() => on.open());
afterAll(async () => {
  try {
    expect(await on.close()).toBe("");
  } finally {
    await closeChannels();
  }
});

/** A number that looks random and is the same in every run, from 0 to below `limit`. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    // Numerical Recipes' linear congruential generator.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Compares a device with a copy, and everything behind the copy's end with zeros. */
const compare = (device: string, copy: string): string =>
  `cmp -n "$(stat -c %s ${copy})" ${device} ${copy} && tail -c +$(($(stat -c %s ${copy}) + 1)) ${device} | tr -d '\\0' | wc -c`;

test("ten rounds of writes, discards, grows and backups: each recovery point restores byte for byte", async () => {
  const volume = await on.volume("data", "64MiB");
  const next = numbers(20_261);
  let sizeMiB = 64;
  const points: Point[] = [await volume.backup()];
  await on.sh(`cp --sparse=always ${volume.device} ${volume.copy(0)}`);
  expect(points[0]).toMatchObject({ segments: 0, bytesRead: 0, full: "there is no base yet" });
  for (let round = 1; round <= 10; round += 1) {
    if (round % 3 === 0) {
      // Not by whole segments, so that the last one is short.
      sizeMiB += [4, 8, 12][next(3)] ?? 4;
      await volume.grow(`${sizeMiB}MiB`);
    }
    for (let write = 0; write < 3; write += 1) {
      const start = next(sizeMiB * 1024 - 512);
      await volume.write(start, 1 + next(511));
    }
    const discards = Array.from(
      { length: 2 },
      () => `blkdiscard -o $((${next(sizeMiB * 16 - 64)} * 65536)) -l $((${1 + next(64)} * 65536)) ${volume.device}`,
    );
    await on.sh(`${discards.join("\n")}\ncp --sparse=always ${volume.device} ${volume.copy(round)}`);
    const point = await volume.backup();
    expect([point.number, point.full, point.sizeBytes]).toEqual([round + 1, undefined, sizeMiB * 2 ** 20]);
    points.push(point);
  }
  for (const [round, point] of points.entries()) {
    const restored = await on.restore(volume, point.id, sizeMiB);
    expect(succeeded(restored).digest).toBe(point.digest);
    expect([round, await on.sh(compare(restored.device, volume.copy(round)))]).toEqual([round, "0\n"]);
  }
  // What is zeros in the source takes no room in the restored volume.
  const used = await on.sh("lvs --noheadings -o data_percent fast/data fast/scratch");
  const [source = 0, restored = 0] = used.trim().split(/\s+/).map(Number);
  expect(restored).toBeLessThanOrEqual(source);
  expect(await on.leftovers()).toBe("");
});

test("a thin_delta that loses a part or fails: all is read. One that says much on its stderr is waited for", async () => {
  const volume = await on.volume("doubted", "64MiB");
  await volume.write(0, 16 * 1024);
  await volume.backup();
  const real = 'PATH=/usr/sbin:/usr/bin; export PATH; thin_delta "$@"';
  const cases = [
    // What was discarded within a segment that has more: without that line it counts as unchanged.
    [
      `${real} | grep -v left_only`,
      /^the base could not be compared: what thin_delta printed cannot be all .*of the base/,
    ],
    ["echo it is broken >&2; exit 3", /^the base could not be compared: "thin_delta .*exit code 3: it is broken$/],
    [`head -c 1000000 /dev/zero | tr '\\0' x >&2; ${real}`, undefined],
  ] as const;
  for (const [index, [script, full]] of cases.entries()) {
    await on.sh(`blkdiscard -o ${(index * 4 + 1) * 2 ** 20} -l ${2 ** 20} ${volume.device}
cat >/usr/local/sbin/thin_delta <<'END'\n#!/bin/sh\n${script}\nEND\nchmod 755 /usr/local/sbin/thin_delta`);
    const point = await volume
      .backup({ limits: { deadlineSeconds: 60 } })
      .finally(() => on.sh("rm /usr/local/sbin/thin_delta"));
    if (full === undefined) expect(point.full).toBeUndefined();
    else expect(point.full).toMatch(full);
    const { device, ...restored } = await on.restore(volume, point.id, 64);
    expect(succeeded(restored).digest).toBe(point.digest);
    await on.sh(`cmp ${device} ${volume.device}`);
  }
  expect(await on.leftovers()).toBe("");
});

test("a linear volume is read whole, what changed is sent, and it restores byte for byte", async () => {
  const volume = await on.volume("raw", "36MiB", false);
  await volume.write(5000, 5000);
  const first = await volume.backup();
  await volume.write(30_000, 64);
  await on.sh(`cp --sparse=always ${volume.device} ${volume.copy("second")}; lvchange -an fast/raw`);
  const second = await volume.backup();
  expect(first).toMatchObject({ segments: 2, changedSegments: 2 });
  expect(second).toMatchObject({ segments: 3, changedSegments: 1 });
  expect(second.bytesRead).toBe((36 + 4) * 2 ** 20);
  expect(second.bytesSent).toBeLessThan(2 ** 20);
  // It was inactive before the backup, and is again.
  expect((await on.sh("lvs --noheadings -o lv_active fast/raw")).trim()).toBe("");
  const restored = await on.restore(volume, "latest", 40);
  expect(succeeded(restored).digest).toBe(second.digest);
  expect(await on.sh(compare(restored.device, volume.copy("second")))).toBe("0\n");
  expect(await on.leftovers()).toBe("");
});

test("a classic snapshot that overflows makes the backup fail, and the next one succeeds", async () => {
  const volume: Volume = await on.volume("busy", "96MiB", false);
  await volume.write(0, 90_000);
  // The guest writes on and on.
  await on.sh(
    `touch /run/lab-writes; (while [ -e /run/lab-writes ]; do dd if=/dev/urandom of=${volume.device} bs=1M count=90 conv=notrunc,nocreat status=none; done) >/dev/null 2>&1 &`,
  );
  const { failure } = await volume
    .tryBackup({ snapshotPercent: 1 })
    .finally(() => on.sh("rm /run/lab-writes; sleep 1"));
  expect(failure).toMatchObject({ code: "overflow" });
  expect((await volume.status()).lastAttempt).toMatchObject({ isSuccess: false });
  expect(await on.leftovers()).toBe("");
  await volume.backup();
});
