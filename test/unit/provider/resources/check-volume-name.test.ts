import { holdIds, releaseIds } from "../../../../provider/held-ids.js";
import type { LogicalVolume } from "../../../../provider/hosts/observation/lvm-report.js";
import { tag } from "../../../../provider/model/tag.js";
import { hostRef, ownerOf, sampleInputs } from "../../../support/samples.js";
import { host, lv, ours, preview, wanted } from "./volume-preview.js";

const UUID = "csJfXe-sxE5-3CXc-0x87-jJdj-sSF8-LRH7mA";

test("two resources of one program with the same logical volume are refused", () => {
  const twin = { ...wanted("twin", "1GiB"), name: "data" };
  expect(preview(host(), [wanted("data", "1GiB"), twin]).join()).toContain(
    'Logical volume "fast/data" is declared twice',
  );
});

describe("a name that is taken", () => {
  test("by a foreign logical volume is refused with the way to adopt it", () => {
    expect(preview(host(lv("data", "1GiB")), [wanted("data", "1GiB")])).toEqual([
      `name: Logical volume "fast/data" exists on host "db1" and is not this volume's (its UUID is uuid-of-data, its owner not pulumi-lvm)\nChoose another name, or take it over with adopt: "uuid-of-data"`,
    ]);
  });

  test("by a volume of another stack is refused with its owner", () => {
    const theirs = lv("data", "1GiB", { lv_tags: [tag("owner", "acme/infra/dev/volume/data")] });
    expect(preview(host(theirs), [wanted("data", "1GiB")]).join()).toContain("its owner acme/infra/dev/volume/data");
  });

  test("by the volume itself is fine, also when its resource was renamed", () => {
    expect(preview(host(ours("data", "1GiB", { pool_lv: "" })), [wanted("data", "1GiB")])).toEqual([]);
    const renamed = { ...wanted("data", "1GiB"), owner: "acme/infra/renamed/volume/records" };
    expect(preview(host(ours("data", "1GiB", { pool_lv: "" })), [renamed])).toEqual([]);
  });

  test("by one of the same name that another Host of a stack of the same name made is refused", () => {
    const tags = [tag("owner", ownerOf("volume", "data")), tag("id", "other"), tag("made-by", "other-host")];
    const theirs = lv("data", "1GiB", { lv_tags: tags });
    const by = (identity: string) => ({ ...wanted("data", "1GiB"), host: { ...hostRef, identity } });
    expect(preview(host(theirs), [by("this-host")]).join()).toContain("is not this volume's");
    // What a create left that was cut: the host decides.
    expect(preview(host(theirs), [by("other-host")])).toEqual([]);
  });
});

describe("adopt", () => {
  const said: string[] = [];
  beforeEach(() => {
    said.splice(0);
    jest.spyOn(console, "error").mockImplementation((text: string) => void said.push(text));
  });
  afterEach(() => jest.restoreAllMocks());

  const foreign = (fields: Partial<LogicalVolume> = {}) => lv("old", "1GiB", { lv_uuid: UUID, ...fields });
  const adopting = (size: string, name = "old") => wanted(name, size, { adopt: UUID });

  test("takes a foreign logical volume by its UUID and says what differs", () => {
    expect(preview(host(foreign()), [adopting("2GiB", "data")])).toEqual([]);
    expect(said).toEqual([
      'Adopting "fast/old" on host "db1": it is called "old" and will be renamed to "data"; it has 1 GiB and will grow to 2 GiB; its file system is taken to be none, unseen',
    ]);
  });

  test("says that nothing differs", () => {
    expect(preview(host(foreign({ lv_tags: [tag("fs", "none")] })), [adopting("1GiB")])).toEqual([]);
    expect(said).toEqual(['Adopting "fast/old" on host "db1": nothing differs']);
  });

  test("and a source contradict each other", () => {
    const { target } = sampleInputs.backup as { target: object };
    const source = { target, volumeId: "11111111-2222-3333-4444-555555555555", recoveryPoint: "latest" };
    expect(preview(host(foreign()), [wanted("old", "1GiB", { adopt: UUID, source })])).toEqual([
      expect.stringContaining("cannot be adopted and made from a backup"),
    ]);
  });

  test("refuses one that is attached", () => {
    const tags = [tag("lease-owner", "acme/infra/dev/attachment/a"), tag("microvm", "db")];
    expect(preview(host(foreign({ lv_tags: tags })), [adopting("1GiB")]).join()).toContain(
      'is attached to microVM "db" by acme/infra/dev/attachment/a',
    );
  });

  test("takes what another resource of its stack left, unless the state holds it", () => {
    const tags = [tag("owner", ownerOf("volume", "gone")), tag("id", "id-of-gone")];
    expect(preview(host(foreign({ lv_tags: tags })), [adopting("1GiB")])).toEqual([]);
    holdIds("id-of-gone");
    expect(preview(host(foreign({ lv_tags: tags })), [adopting("1GiB")]).join()).toContain("belongs to");
    releaseIds("id-of-gone");
  });

  test("takes a volume that its own stack adopted before, in silence", () => {
    const adopted = foreign({ lv_tags: [tag("owner", ownerOf("volume", "old"))] });
    expect(preview(host(adopted), [adopting("1GiB")])).toEqual([]);
    expect(said).toEqual([]);
  });

  test.each([
    ["a UUID that is not there", host(), "1GiB", `adopt: No logical volume on host "db1" has the UUID ${UUID}`],
    [
      "a volume of somebody else",
      host(foreign({ lv_tags: [tag("owner", "acme/infra/dev/volume/old")] })),
      "1GiB",
      "belongs to acme/infra/dev/volume/old",
    ],
    ["a volume that would have to shrink", host(foreign()), "512MiB", 'size: Cannot shrink volume "fast/old"'],
  ])("refuses %s", (_case, observation, size, words) => {
    expect(preview(observation, [adopting(size)]).join()).toContain(words);
  });
});
