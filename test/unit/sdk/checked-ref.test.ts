import { RunError } from "@pulumi/pulumi";
import { sharedTargetRef, thinPoolRef } from "../../../provider/model/refs.js";
import { checkedRef, refObject } from "../../../sdk/checked-ref.js";
import { hostRef } from "../../support/samples.js";
import { bucketThatExists } from "./mocked-deployment.js";

const of = { argument: 'pool of Volume "data"', className: "ThinPool" };
const pool = { name: "pool", volumeGroup: "fast", host: hostRef };
const next = "\nGive a ThinPool, or the ref of one that another stack exports";

test("a ref is handed on as it was given, with what a newer release tells beside", () => {
  const newer = { ...pool, stripes: 2 };
  expect(checkedRef(of, thinPoolRef, refObject(of, newer))).toBe(newer);
});

test.each<[string, unknown, string]>([
  ["an output that the other stack does not have", undefined, "it is undefined"],
  ["null", null, "it is no ThinPool, and no ref of one"],
  ["a name", "pool", "it is no ThinPool, and no ref of one"],
  ["the ref of another kind", hostRef, "volumeGroup: Invalid input: expected string, received undefined"],
  ["a name that LVM does not take", { ...pool, name: "a b" }, "name: must consist of A-Z a-z 0-9 _ + . -"],
  [
    "a host without a machine-id",
    { ...pool, host: { ...hostRef, machineId: "x" } },
    "host.machineId: must be the machine",
  ],
])("is refused with the field and the way out: %s", (_case, value, words) => {
  const check = () => checkedRef(of, thinPoolRef, refObject(of, value));
  expect(check).toThrow(RunError);
  expect(check).toThrow(`Cannot use pool of Volume "data": ${words}`);
  expect(check).toThrow(next);
});

test("what is wrong with a secret is said without it", () => {
  const { credentials, ...bucket } = bucketThatExists;
  const target = { name: "offsite", region: "us-east-1", prefix: "", ...bucket, ...credentials, masterKey: "hunter2" };
  const check = () => checkedRef({ argument: "target", className: "BackupTarget" }, sharedTargetRef, target);
  expect(check).toThrow("Cannot use target: masterKey: must be base64");
  expect(check).not.toThrow("hunter2");
});
