import { closeChannels } from "../../provider/hosts/channels.js";
import { hostFingerprint, type LabHost, labHosts, resetHost, shOk } from "../lab/index.js";
import { Managed, refTo } from "./managed.js";

// What a step costs a host is mostly the processes that it starts there, udev's and LVM's own included.

const [host] = labHosts() as [LabHost];
let machineId: string;
let before: string;

beforeAll(async () => {
  await resetHost(host);
  before = await hostFingerprint(host);
  machineId = (await shOk(host, "cat /etc/machine-id")).trim();
});
afterAll(closeChannels);

const declare = (kind: ConstructorParameters<typeof Managed>[0], name: string, inputs: Record<string, unknown>) =>
  new Managed(kind, {
    host: refTo(host, kind === "host" ? "" : machineId),
    owner: `organization/lab/processes/${kind}/${name}`,
    ...inputs,
  });
const volume = (name: string) =>
  declare("volume", name, {
    volumeGroup: "fast",
    pool: "pool",
    name,
    size: "64MiB",
    fileSystem: "ext4",
    deletionPolicy: "delete",
  });

/** Processes that were started on the host since it booted (proc(5)). */
const started = async (): Promise<number> => Number(await shOk(host, "sed -n 's/^processes //p' /proc/stat"));

/** How many processes the host starts while something is done to it, what asking for that takes left out. */
async function processesOf(act: () => Promise<unknown>): Promise<number> {
  const asking = -(await started()) + (await started());
  const from = await started();
  await act();
  return (await started()) - from - asking;
}

test("a volume, its lease and its end start a bounded number of processes on the host, whatever else is there", async () => {
  const node = declare("host", "node", {});
  const group = declare("volumeGroup", "fast", { name: "fast", disks: [host.disks[0]] });
  const pool = declare("thinPool", "pool", { volumeGroup: "fast", name: "pool", size: "1GiB" });
  for (const each of [node, group, pool]) await each.up();
  const volumes = ["first", "second", "third"].map(volume);
  const making: number[] = [];
  for (const each of volumes) making.push(await processesOf(() => each.up()));
  const lease = declare("attachment", "lease", {
    volumeId: volumes[0]?.id,
    volumeGroup: "fast",
    volumeName: "first",
    microVm: "vm",
    driveId: "data",
  });
  const attaching = await processesOf(() => lease.up());
  const detaching = await processesOf(() => lease.destroy());
  const removing: number[] = [];
  for (const each of volumes) removing.push(await processesOf(() => each.destroy()));
  // Half as many again as was counted: udev starts its workers as it sees fit.
  expect(making.slice(1).filter((count) => count > 120)).toEqual([]);
  expect(attaching).toBeLessThan(107);
  expect(detaching).toBeLessThan(92);
  expect(removing.filter((count) => count > 69)).toEqual([]);
  for (const each of [pool, group, node]) await each.destroy();
  expect(await hostFingerprint(host)).toBe(before);
});
