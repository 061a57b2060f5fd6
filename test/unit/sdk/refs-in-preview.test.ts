import * as pulumi from "@pulumi/pulumi";
import * as lvm from "../../../sdk/index.js";
import { MACHINE_ID } from "../../support/samples.js";
import { VOLUME_ID } from "./mocked-deployment.js";

const resolved = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => output.apply(resolve));

test("a preview that updates a host and a volume knows the whole of their refs: the engine has only their ids", async () => {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => ({
        id: type.endsWith("lvm:Host") ? MACHINE_ID : VOLUME_ID,
        state: { ...inputs, identity: `${name}-identity` },
      }),
      call: () => ({}),
    },
    "infra",
    "prod",
    true,
    "acme",
  );
  const host = new lvm.Host("node", { connection: { address: "192.0.2.1" } });
  const group = new lvm.VolumeGroup("fast", { host, disks: ["/dev/sdb"] });
  const data = new lvm.Volume("data", { volumeGroup: group, size: "2GiB" });
  const known = pulumi.output(data.ref) as unknown as { isKnown: Promise<boolean> };
  expect(await known.isKnown).toBe(true);
  expect(await resolved(pulumi.output(data.ref))).toEqual({
    id: VOLUME_ID,
    name: "data",
    volumeGroup: "fast",
    isThin: false,
    host: {
      name: "node",
      machineId: MACHINE_ID,
      identity: "node-identity",
      connection: { address: "192.0.2.1" },
    },
  });
});
