import type { Observation } from "../../../../provider/hosts/observation/observation.js";
import { volumeGroupInputs } from "../../../../provider/model/inputs/volume-group.js";
import { volumeGroup } from "../../../../provider/resources/volume-group.js";
import { hostRef, ownerOf } from "../../../support/samples.js";
import { host } from "./volume-preview.js";

const inputs = (...disks: string[]) =>
  volumeGroupInputs.parse({
    ...{ host: hostRef, owner: ownerOf("volumeGroup", "fast"), identity: "uuid-of-fast", name: "fast", disks },
  });

/** A host with two disks, of which the group has those named. */
function holding(...parts: string[]): Observation {
  const disks = ["/dev/sdb", "/dev/sdc"];
  const label = (pv_name: string) => ({ pv_name, pv_uuid: pv_name, pv_size: 1, vg_name: "fast" });
  return {
    ...host(),
    disks: disks.map((name) => ({ name }) as Observation["disks"][number]),
    physicalVolumes: parts.map(label),
  };
}

/** What a preview says of a program that has left out the second disk. */
const complaints = async (observation: Observation) =>
  (await volumeGroup.checkOnHost?.(inputs("/dev/sdb"), observation, inputs("/dev/sdb", "/dev/sdc")))?.map(
    ({ problem }) => problem.summary,
  );

describe("a disk that the program names no longer", () => {
  const refusal = 'Cannot take /dev/sdc out of volume group "fast" on host "db1"';

  test("is refused while the group has it", async () => {
    expect(await complaints(holding("/dev/sdb", "/dev/sdc"))).toEqual([refusal]);
  });

  test("may go when the group is without it, and when it is away and the group is whole", async () => {
    const moved = holding("/dev/sdb");
    expect(await complaints(moved)).toEqual([]);
    expect(await complaints({ ...moved, disks: moved.disks.slice(0, 1) })).toEqual([]);
  });

  test("is refused while the group cannot be seen, or lacks a part that it may be", async () => {
    const away = { ...holding("/dev/sdb"), disks: [] };
    const partial = away.volumeGroups.map((group) => ({ ...group, vg_partial: "partial" }));
    expect(await complaints({ ...away, volumeGroups: [] })).toEqual([refusal]);
    expect(await complaints({ ...away, volumeGroups: partial })).toEqual([refusal]);
  });
});
