import { closeChannels } from "../../provider/hosts/channels.js";
import { type LabHost, labHosts } from "../lab/index.js";
import { BackupHost, type Point, succeeded, type Volume } from "./backup-host.js";
import type { Failure } from "./printed.js";

const [host] = labHosts() as [LabHost];
const on = new BackupHost(host);
let volume: Volume;
/** Its first recovery point, the one whose own data is damaged, and one that needs nothing of that. */
let points: [Point, Point, Point];

interface Repaired {
  readonly dropped: readonly { id: string }[];
  readonly kept: readonly { id: string }[];
  readonly backup: Point;
}

const repair = () => on.run<Repaired>("repair", volume.backupRequest);
const idsOf = (found: readonly { id: string }[]): string[] => found.map(({ id }) => id);
const list = async () =>
  succeeded(await on.run<{ recoveryPoints: { id: string; verified: string | null }[] }>("list", volume.request))
    .recoveryPoints;

beforeAll(async () => {
  await on.open();
  volume = await on.volume("data", "64MiB");
  await volume.write(0, 1024);
  const first = await volume.backup();
  await volume.write(32 * 1024, 6 * 1024);
  const second = await volume.backup();
  await volume.write(32 * 1024, 6 * 1024);
  points = [first, second, await volume.backup()];
  succeeded(await on.run("verify", volume.request));
  // A pack that came with the second recovery point: between the marks of the first and the second manifest nothing else was written.
  await on.sh(`cd ${volume.repository}
first=$(ls -tr snapshots | sed -n 2p) second=$(ls -tr snapshots | sed -n 4p)
pack=$(find data -type f -newer snapshots/$first ! -newer snapshots/$second -printf '%s %p\\n' | sort -n | tail -n 1 | cut -d ' ' -f 2)
chmod u+w "$pack"; printf '\\377\\377' | dd of="$pack" bs=1 seek=100000 conv=notrunc status=none`);
});
afterAll(async () => {
  try {
    expect(await on.close()).toBe("");
  } finally {
    await closeChannels();
  }
});

test("a sound recovery point of a damaged repository is not lost by it, the damaged one goes, and all that is there is verified", async () => {
  expect((await on.run("verify", volume.request)).failure).toMatchObject({ code: "damaged" });
  const { failure } = await on.restore(volume, points[1].id, 64);
  expect(failure?.code).toMatch(/^(damaged|mismatch)$/);
  // Cut before anything is pruned: what a call has not done, the next one does.
  await on.sh(`cat >/usr/local/sbin/restic <<'END'
#!/bin/bash
PATH=/usr/sbin:/usr/bin:/sbin:/bin
case " $* " in *" prune "*) echo "cut" >&2; exit 1 ;; esac
exec restic "$@"
END
chmod 755 /usr/local/sbin/restic`);
  let cut: Failure | undefined;
  try {
    cut = (await repair()).failure;
  } finally {
    await on.sh("rm /usr/local/sbin/restic");
  }
  expect(cut).toMatchObject({ code: "restic" });
  expect((await volume.status()).damage).toMatchObject({ failure: { code: "damaged" } });
  expect(idsOf(await list())).toEqual([points[0].id, points[2].id]);

  const { dropped, kept, backup } = succeeded(await repair());
  expect(idsOf(dropped)).toEqual([]);
  expect(idsOf(kept)).toEqual([points[0].id, points[2].id]);
  expect(backup.bytesRead).toBeGreaterThanOrEqual(7 * 2 ** 20);
  const found = await list();
  expect(idsOf(found)).toEqual([points[0].id, points[2].id, backup.id]);
  expect(found.filter(({ verified }) => verified === null)).toEqual([]);
  expect(await volume.status()).toMatchObject({
    damage: null,
    lastVerified: { recoveryPoint: backup.id },
    lastAttempt: { isSuccess: true },
    repository: { points: 3 },
  });
  for (const { id, digest } of [points[0], points[2], backup]) {
    expect(succeeded(await on.restore(volume, id, 64)).digest).toBe(digest);
  }
  expect(await on.leftovers()).toBe("");
});

test("an index that cannot be read is made anew, and what is whole stays", async () => {
  await volume.write(8 * 1024, 64);
  const next = await volume.backup();
  // It builds on the one that the repair made.
  expect([next.full, next.warnings]).toEqual([undefined, undefined]);
  await on.sh(`cd ${volume.repository}; for i in index/*; do chmod u+w $i; truncate -s 60 $i; done`);
  expect((await on.run("verify", volume.request)).failure).toMatchObject({ code: "damaged" });
  const before = idsOf(await list());
  const { dropped, kept } = succeeded(await repair());
  expect([idsOf(dropped), idsOf(kept)]).toEqual([[], before]);
  expect((await volume.status()).damage).toBeNull();
});

test("a repository of which nothing is sound begins again", async () => {
  const lost = await on.volume("lost", "16MiB");
  await lost.write(0, 1024);
  const { id } = await lost.backup();
  await on.sh(`find ${lost.repository}/data -type f -delete`);
  const { dropped, kept, backup } = succeeded(await on.run<Repaired>("repair", lost.backupRequest));
  expect([idsOf(dropped), kept]).toEqual([[id], []]);
  expect(succeeded(await on.restore(lost, backup.id, 16)).digest).toBe(backup.digest);
});
