import { declarationsOn, declareMachine } from "../../../provider/declarations.js";
import { connection, type HostRef } from "../../../provider/model/connection.js";
import { MACHINE_ID } from "../../support/samples.js";

const host = (name: string, address: string, ...bastions: string[]): HostRef => ({
  name,
  machineId: "",
  connection: connection.parse({ address, jumpHosts: bastions.map((each) => ({ address: each })) }),
});

test("an address behind another bastion is another host", () => {
  const here = declarationsOn(host("a", "10.0.0.1", "bastion-a"));
  expect(declarationsOn(host("other-name", "10.0.0.1", "bastion-a"))).toBe(here);
  expect(declarationsOn(host("b", "10.0.0.1", "bastion-b"))).not.toBe(here);
  expect(declarationsOn(host("c", "10.0.0.1"))).not.toBe(here);
});

test("a machine that two Hosts give different addresses is told, and the same Host at a new one is not", () => {
  expect(declareMachine(MACHINE_ID, host("a", "10.0.0.1"))).toBeUndefined();
  expect(declareMachine(MACHINE_ID, host("b", "db1.example"))).toMatchObject({ name: "a", address: "10.0.0.1:22" });
  expect(declareMachine(MACHINE_ID, host("a", "10.0.0.2"))).toBeUndefined();
});
