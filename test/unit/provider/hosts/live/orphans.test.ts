import { findOrphans, type KnownResources } from "../../../../../provider/hosts/live/orphans.js";
import { hostWith, taggedVolume } from "./tagged-volume.js";

const known: KnownResources = {
  stack: "acme/infra/prod",
  volumes: new Set(["1"]),
  attachments: new Set(["2"]),
  snapshots: new Set(["3"]),
  pools: new Set(["uuid-of-pool"]),
  volumeGroups: new Set(),
};
const OURS = "owner=acme/infra/prod/volume/data";
const SNAPSHOT = "owner=acme/infra/prod/snapshot/before";
const LEASE = ["lease-owner=acme/infra/prod/attachment/db", "microvm=db"];
const orphansOf = (name: string, tags: readonly string[]) =>
  findOrphans("db1", hostWith(taggedVolume(name, tags)), known);

describe("findOrphans", () => {
  test.each([
    ["a volume that the state knows", "data", ["id=1", OURS]],
    ["a volume of another stack", "data", ["id=9", "owner=acme/infra/dev/volume/data"]],
    ["a volume of a stack whose name begins alike", "data", ["id=9", "owner=acme/infra/prod2/volume/data"]],
    ["a logical volume of somebody else", "root", []],
    ["a pool that the state knows", "pool", ["owner=acme/infra/prod/thinPool/pool"]],
    ["a snapshot that the state knows", "before", ["identity=3", "snapshot-of=1", SNAPSHOT]],
    ["a scratch volume of a drill", "pulumi-lvm-drill-1", ["drill-of=9"]],
    ["a snapshot of a backup", "pulumi-lvm-backup-1", ["backup-of=9", "backup-target=s3"]],
    ["a lease that the state knows", "data", ["id=1", OURS, "attachment=2", ...LEASE]],
    ["a lease of another stack", "data", ["id=1", OURS, "attachment=9", "lease-owner=acme/infra/dev/attachment/db"]],
  ])("leaves out %s", (_title, name, tags) => {
    expect(orphansOf(name, tags)).toEqual([]);
  });

  test.each([
    [
      "a volume that the state does not know",
      "half",
      ["id=9", OURS],
      "unknown",
      'Volume "data" in the program and adopt: "uuid-of-half"',
    ],
    [
      "a pool that the state does not know",
      "lost",
      ["owner=acme/infra/prod/thinPool/p"],
      "unknown",
      'ThinPool "p" in the program',
    ],
    [
      "a snapshot that the state does not know",
      "before",
      ["identity=9", "snapshot-of=1", SNAPSHOT],
      "unknown",
      'Snapshot "before" of the same volume in the program',
    ],
    [
      "a lease that the state does not know",
      "data",
      ["id=1", OURS, "attachment=9", ...LEASE],
      "lease",
      'Attachment "db" of the volume to microVM "db"',
    ],
    [
      "the space of a grow that was cut short",
      "pulumi-lvm-grow-1",
      ["stage=1"],
      "stage",
      "Run pulumi up: the grow starts again",
    ],
    [
      "a deleted volume",
      "data.deleted.1",
      ["id=9", "reap-after=1795942800"],
      "deleted",
      'adopt: "uuid-of-data.deleted.1"',
    ],
    ["a retained volume", "data", ["id=9", "retained=acme/infra/dev/volume/data"], "retained", 'adopt: "uuid-of-data"'],
    [
      "a pool that waits for the deleted volumes in it",
      "old",
      ["leaving", "owner=acme/infra/prod/thinPool/p"],
      "leaving",
      "Nothing to do",
    ],
  ])("names %s, and its way out", (_title, name, tags, kind, wayOut) => {
    const [orphan, ...others] = orphansOf(name, tags);
    expect(others).toEqual([]);
    expect(orphan).toMatchObject({ host: "db1", kind, logicalVolume: `fast/${name}`, uuid: `uuid-of-${name}` });
    expect(orphan?.wayOut).toContain(wayOut);
  });

  test("says until when a deleted volume can be brought back", () => {
    expect(orphansOf("data", ["id=9", "reap-after=1795942800"])[0]?.what).toContain("2026-11-29T09:00:00.000Z");
  });

  test("names a volume and its lease, when the state knows neither", () => {
    expect(orphansOf("data", ["id=9", OURS, "attachment=9", ...LEASE]).map(({ kind }) => kind)).toEqual([
      "unknown",
      "lease",
    ]);
  });
});
