import { hostPlacement, type PoolLimits, unreachedHost } from "../../../../../provider/hosts/live/placement.js";
import type { VolumeGroupReport } from "../../../../../provider/hosts/observation/lvm-report.js";
import { hostRef } from "../../../../support/samples.js";
import { groupNamed, hostWith, taggedVolume, thinPoolNamed } from "./tagged-volume.js";

const GIB = 2 ** 30;

/** The rooms in the group "fast" and its pool of 4 GiB, in GiB. */
function roomsWith(
  limits: Partial<PoolLimits> = {},
  group: Partial<VolumeGroupReport> = {},
  pool: Parameters<typeof thinPoolNamed>[1] = {},
  ...volumes: readonly ReturnType<typeof taggedVolume>[]
): [group: number | undefined, pool: number | undefined] {
  const known = new Map([["uuid-of-pool", { maxOvercommit: 1, allowUnzeroedChunks: false, ...limits }]]);
  const lvm = {
    volumeGroups: [groupNamed("fast", { vg_free: 2 * GIB, ...group })],
    ...hostWith(thinPoolNamed("pool", { lv_size: 4 * GIB, ...pool }), ...volumes),
  };
  const { host } = hostPlacement(hostRef, lvm, known);
  const inGib = (bytes: number | undefined) => (bytes === undefined ? undefined : bytes / GIB);
  return [inGib(host.volumeGroups[0]?.roomBytes), inGib(host.pools[0]?.roomBytes)];
}

describe("hostPlacement", () => {
  const mine = taggedVolume("data", ["id=1", "owner=acme/infra/prod/volume/data"]);

  test("says where a volume is, and how the stack reaches the host", () => {
    const lvm = { volumeGroups: [], ...hostWith(mine, taggedVolume("root", [])) };
    expect(hostPlacement(hostRef, lvm, new Map())).toEqual({
      host: { ...unreachedHost(hostRef), isReached: true },
      volumes: [
        {
          id: "1",
          name: "data",
          volumeGroup: "fast",
          pool: "pool",
          owner: "acme/infra/prod/volume/data",
          labels: {},
          sizeBytes: GIB,
          host: hostRef.name,
          address: hostRef.connection.address,
          isReady: true,
          microVm: null,
        },
      ],
    });
  });

  test.each([
    ["attached", true, "db", ["attachment=2", "microvm=db"]],
    ["not formatted yet", false, null, ["pending=mkfs"]],
    ["let go of by its stack", false, null, ["retained=acme/infra/prod/volume/data"]],
    ["deleted", false, null, ["reap-after=1795942800"]],
  ])("says of a volume that is %s: ready %s, attached to %s", (_title, isReady, microVm, tags) => {
    const lvm = { volumeGroups: [], ...hostWith(taggedVolume("data", ["id=1", ...tags])) };
    expect(hostPlacement(hostRef, lvm, new Map()).volumes).toMatchObject([{ isReady, microVm }]);
  });

  test("counts every volume in a pool against its limit, and no snapshot of a backup or drill", () => {
    const theirs = taggedVolume("theirs", [], { lv_size: GIB / 2 });
    const snapshot = taggedVolume("snapshot", ["backup-of=1"]);
    const drill = taggedVolume("drill", ["drill-of=1"]);
    expect(roomsWith({}, {}, {}, mine, theirs, snapshot, drill)).toEqual([2, 2.5]);
    expect(roomsWith({ maxOvercommit: 2 }, {}, {}, mine)).toEqual([2, 7]);
    expect(roomsWith({ maxOvercommit: 0.01 }, {}, {}, mine)).toEqual([2, 0]);
  });

  test.each(["vg_exported", "vg_shared", "vg_partial"])(
    "finds no room in a group with %s, nor in its pools",
    (flag) => {
      expect(roomsWith({}, { [flag]: "yes" })).toEqual([0, 0]);
    },
  );

  test("finds no room in a pool that no volume may be made in", () => {
    expect(roomsWith({}, {}, { zero: false })).toEqual([2, 0]);
    expect(roomsWith({ allowUnzeroedChunks: true }, {}, { zero: false })).toEqual([2, 4]);
    expect(roomsWith({}, {}, { lv_tags: ["pulumi-lvm.leaving"] })).toEqual([2, 0]);
  });
});
