import { Declarations } from "../../../../provider/declarations.js";
import type { LogicalVolume } from "../../../../provider/hosts/observation/lvm-report.js";
import { attachmentInputs } from "../../../../provider/model/inputs/attachment.js";
import { describeProblem } from "../../../../provider/model/problem.js";
import { tag } from "../../../../provider/model/tag.js";
import { refuseDeclared, refuseHeld } from "../../../../provider/resources/taken-drive.js";
import { hostRef, ownerOf, sampleInputs } from "../../../support/samples.js";

const OTHER = "0c0d7ad5-4b07-4f6a-a4f5-6a0b1c1d2e3f";
const wanted = attachmentInputs.parse({
  ...sampleInputs.attachment,
  host: hostRef,
  owner: ownerOf("attachment", "mine"),
  microVm: "db",
  driveId: "disk",
  isRootDevice: true,
});
const declared = (name: string, microVm: string, driveId: string, isRootDevice: boolean) => ({
  owner: ownerOf("attachment", name),
  microVm,
  driveId,
  isRootDevice,
});

/** Of a drive that is there or declared already: whether it leaves room for the one that is wanted. */
const cases: [string, [string, string, boolean], string | undefined][] = [
  ["another microVM with the same drive", ["web", "disk", true], undefined],
  ["another drive", ["db", "log", false], undefined],
  ["the same drive", ["db", "disk", false], 'microVM "db" has drive "disk" already'],
  ["another root device", ["db", "log", true], 'microVM "db" has a root device already'],
];

describe("refuseDeclared", () => {
  test.each(cases)("%s", (_title, other, summary) => {
    const declarations = new Declarations();
    expect(refuseDeclared(declared("other", ...other), declarations)).toEqual([]);
    const found = refuseDeclared(wanted, declarations);
    expect(found.map(({ problem }) => problem.summary)).toEqual(summary === undefined ? [] : [summary]);
    for (const { problem } of found) expect(describeProblem(problem)).toContain(ownerOf("attachment", "other"));
  });

  test("does not compare an attachment with itself, nor what is not known", () => {
    const declarations = new Declarations();
    refuseDeclared(wanted, declarations);
    expect(refuseDeclared(wanted, declarations)).toEqual([]);
    const { driveId: _, ...rest } = declared("unknown", "db", "disk", false);
    expect(refuseDeclared(rest, declarations)).toEqual([]);
  });
});

describe("refuseHeld", () => {
  const held = (id: string, [microVm, driveId, isRoot]: [string, string, boolean]) => {
    const tags = { id, microvm: microVm, drive: driveId, root: isRoot ? "yes" : "no" } as const;
    const lv_tags = Object.entries(tags).map(([key, value]) => tag(key as keyof typeof tags, value));
    return { logicalVolumes: [{ vg_name: "fast", lv_name: "other", lv_tags } as unknown as LogicalVolume] };
  };

  test.each(cases)("%s", (_title, other, summary) => {
    const found = refuseHeld(wanted, held(OTHER, other));
    expect(found.map(({ problem }) => problem.summary)).toEqual(summary === undefined ? [] : [summary]);
  });

  test("does not compare a volume with itself", () => {
    expect(refuseHeld(wanted, held(wanted.volumeId, ["db", "disk", true]))).toEqual([]);
  });
});
