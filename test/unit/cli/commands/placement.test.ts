import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { placementText } from "../../../../cli/commands/placement.js";
import { hostPlacement, unreachedHost } from "../../../../provider/hosts/live/placement.js";
import type { HostRef } from "../../../../provider/model/connection.js";
import type { PlacementDocument } from "../../../../provider/model/placement-document.js";
import { hostRef } from "../../../support/samples.js";
import { groupNamed, hostWith, taggedVolume, thinPoolNamed } from "../../provider/hosts/live/tagged-volume.js";

const OWNER = "owner=acme/infra/prod/volume/x";
const named = (name: string): HostRef => ({ ...hostRef, name });
const placementOf = (name: string, ...volumes: readonly ReturnType<typeof taggedVolume>[]) =>
  hostPlacement(
    named(name),
    { volumeGroups: [groupNamed("fast")], ...hostWith(thinPoolNamed("pool"), ...volumes) },
    new Map(),
  );

/** Two hosts that answer, of which the first has room for 1 GiB less what is in its pool, and one that does not. */
function sample(): PlacementDocument {
  const db1 = placementOf(
    "db1",
    taggedVolume("data", ["id=1", OWNER], { lv_size: 2 ** 28 }),
    taggedVolume("wal", ["id=2", OWNER, "attachment=9", "microvm=db"], { lv_size: 2 ** 28 }),
    taggedVolume("new", ["id=3", OWNER, "pending=restore"], { lv_size: 2 ** 28 }),
  );
  const web1 = placementOf("web1", taggedVolume("site", ["id=4", OWNER], { pool_lv: "" }));
  return {
    version: 1,
    time: "2026-11-30T08:00:00.000Z",
    hosts: [db1.host, web1.host, unreachedHost(named("lost"))],
    volumes: [...db1.volumes, ...web1.volumes],
    failures: [{ host: "lost", error: "Cannot connect" }],
  };
}

/**
 * A scheduler that knows nothing but the document.
 * @returns Why the microVM may not run on the host with these volumes; undefined when it may.
 */
function refusalOf(text: string, microVm: string, host: string, ids: readonly string[]): string | undefined {
  const { version, volumes } = JSON.parse(text) as PlacementDocument;
  if (version !== 1) return "another version";
  for (const id of ids) {
    const volume = volumes.find((each) => each.id === id);
    if (volume === undefined) return `${id} is not known`;
    if (volume.host !== host) return `${id} is on ${volume.host}`;
    if (!volume.isReady) return `${id} is not ready`;
    if (volume.microVm !== null && volume.microVm !== microVm) return `${id} is attached to ${volume.microVm}`;
  }
  return undefined;
}

/** The hosts with a pool that has room for a new volume, the most of it first. */
const hostsFor = (text: string, sizeBytes: number): string[] =>
  (JSON.parse(text) as PlacementDocument).hosts
    .map(({ name, pools }) => ({ name, most: Math.max(0, ...pools.map(({ roomBytes }) => roomBytes)) }))
    .filter(({ most }) => most >= sizeBytes)
    .sort((a, b) => b.most - a.most)
    .map(({ name }) => name);

describe("the placement document", () => {
  const text = JSON.stringify(sample());

  test("fits the schema that is shipped, also when a later release adds to it", () => {
    const schema = JSON.parse(readFileSync(require.resolve("pulumi-lvm/placement.schema.json"), "utf8")) as object;
    const isValid = new Ajv({ strict: true }).compile(schema);
    isValid(JSON.parse(text));
    expect(isValid.errors).toBeNull();
    expect(isValid({ ...sample(), more: true })).toBe(true);
    expect(isValid({ ...sample(), version: 2 })).toBe(false);
    expect(isValid({ ...sample(), volumes: [{ id: "1" }] })).toBe(false);
  });

  test("lets a scheduler start a microVM where its volumes are", () => {
    expect(refusalOf(text, "db", "db1", ["1", "2"])).toBeUndefined();
    expect(refusalOf(text, "web", "web1", ["4"])).toBeUndefined();
  });

  test.each([
    ["another host", "db", "web1", ["1"], "1 is on db1"],
    ["either host of two volumes", "db", "db1", ["1", "4"], "4 is on web1"],
    ["the right host while another microVM has the volume", "copy", "db1", ["2"], "2 is attached to db"],
    ["the right host before the volume is restored", "db", "db1", ["3"], "3 is not ready"],
    ["any host with a volume that is on none that answered", "db", "lost", ["5"], "5 is not known"],
  ])("keeps a scheduler from %s", (_title, microVm, host, ids, reason) => {
    expect(refusalOf(text, microVm, host, ids)).toBe(reason);
  });

  test("tells where a new volume has room, and nothing of a host that did not answer", () => {
    expect(hostsFor(text, 2 ** 28)).toEqual(["web1", "db1"]);
    expect(hostsFor(text, 2 ** 29)).toEqual(["web1"]);
    expect(hostsFor(text, 2 ** 31)).toEqual([]);
  });

  test("is two tables for people", () => {
    expect(placementText(sample()).split("\n")).toEqual([
      expect.stringMatching(/HOST +ADDRESS +VOLUME +SIZE +READY +MICROVM +ID/),
      expect.stringMatching(/^db1 +127\.0\.0\.1 +fast\/data +256 MiB +yes +1$/),
      expect.stringMatching(/^db1 +127\.0\.0\.1 +fast\/wal +256 MiB +yes +db +2$/),
      expect.stringMatching(/^db1 +127\.0\.0\.1 +fast\/new +256 MiB +.*no.* +3$/),
      expect.stringMatching(/^web1 +127\.0\.0\.1 +fast\/site +1 GiB +yes +4$/),
      "",
      expect.stringMatching(/HOST +VOLUME GROUP OR POOL +ROOM FOR NEW VOLUMES/),
      "db1   fast                  4 GiB",
      "db1   fast/pool             256 MiB",
      "web1  fast                  4 GiB",
      "web1  fast/pool             1 GiB",
      expect.stringMatching(/^lost .*not known/),
    ]);
  });
});
