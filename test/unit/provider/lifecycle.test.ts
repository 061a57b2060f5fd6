import { z } from "zod";
import { defineResource } from "../../../provider/define-resource.js";
import { lifecycle } from "../../../provider/lifecycle.js";
import { common } from "../../../provider/model/common.js";
import { hostRef, ownerOf, UNKNOWN } from "../../support/samples.js";

const inputs = z.strictObject({
  ...common,
  name: z.string().regex(/^[a-z]+$/, "must be lower-case letters"),
  disks: z.array(z.string().startsWith("/dev/", "must be a device")).default([]),
  note: z.string().optional().meta({ change: "ignore" }),
  format: z
    .enum(["ext4", "xfs"])
    .default("ext4")
    .meta({ change: { refuse: "Nothing is ever formatted again" } }),
});
type Outputs = z.output<typeof inputs> & { size: number };

const announced: string[] = [];
const subject = lifecycle(
  defineResource<typeof inputs, Outputs>({
    script: "subject",
    noun: "subject",
    inputs,
    declare: ({ name }) => void announced.push(name),
    compare: ({ name, note }) =>
      note === "taken" ? [{ property: "name", problem: { summary: `${name} is taken`, detail: "", next: "" } }] : [],
    reconcile: () => ({ title: "make it", call: "reconcile", variables: {} }),
    idOf: () => "1",
    outputs: () => undefined,
    refuse: (before, after) =>
      before.disks.length > after.disks.length
        ? [{ property: "disks", problem: { summary: "Cannot take a disk away", detail: "", next: "" } }]
        : [],
    drift: (_wanted, { size }) => (size > 1 ? ["size"] : []),
    remove: () => ({ title: "remove it", call: "remove", variables: {} }),
  }) as unknown as Parameters<typeof lifecycle>[0],
);

const program = { host: hostRef, owner: ownerOf("subject", "a"), name: "data", __provider: "exports.handler = …" };
const state = { ...program, __provider: "another release's text", disks: [], format: "ext4", size: 1 };

const failures = async (news: Record<string, unknown>, olds: Record<string, unknown> = {}) =>
  (await subject.check(olds, news)).failures;
const changes = async (news: object, olds: object = {}) =>
  (await subject.diff("1", { ...state, ...olds }, { ...program, ...news })).changes;

beforeEach(() => announced.splice(0));

describe("check", () => {
  test("hands the inputs back as the program gave them, with an identity that the state keeps", async () => {
    const { inputs: first, failures: none } = await subject.check({}, program);
    expect(none).toEqual([]);
    expect(first).toEqual({ ...program, identity: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect((await subject.check(first, { ...program, owner: ownerOf("subject", "renamed") })).inputs).toMatchObject({
      identity: first["identity"],
    });
    expect((await subject.check({}, program)).inputs["identity"]).not.toBe(first["identity"]);
  });

  test("names the property of each complaint, but leaves out what the engine would print as a whole object", async () => {
    expect(await failures({ ...program, name: "Data", disks: ["sdb"], format: "btrfs" })).toEqual([
      { property: "name", reason: "name: must be lower-case letters" },
      { property: "", reason: "disks.0: must be a device" },
      { property: "format", reason: expect.stringMatching(/^format: Invalid option/) },
    ]);
  });

  test("takes null, as which a secret comes that has no value, for what was left out", async () => {
    expect(await failures({ ...program, note: null })).toEqual([]);
    expect(await changes({ format: null })).toBe(false);
  });

  test("names the resource when a field is unknown to it", async () => {
    expect(await failures({ ...program, sise: "1GiB" })).toEqual([
      { property: "", reason: 'subject: Unrecognized key: "sise"' },
    ]);
  });

  test.each([
    ["a field", { name: UNKNOWN }],
    ["an item of a list", { disks: ["/dev/sdb", UNKNOWN] }],
    ["a choice", { format: UNKNOWN }],
    ["the host", { host: UNKNOWN }],
    ["the way to the host", { host: { ...hostRef, connection: UNKNOWN } }],
    ["a part of the way to the host", { host: { ...hostRef, connection: { address: UNKNOWN, hostKey: UNKNOWN } } }],
  ])("lets pass that %s is not known yet, and plans nothing", async (_case, unknown) => {
    expect(await failures({ ...program, ...unknown })).toEqual([]);
    expect(announced).toEqual([]);
  });

  test("compares what is known with the program, also while something else is not", async () => {
    const taken = [{ property: "name", reason: "data is taken" }];
    expect(await failures({ ...program, note: "taken", disks: ["/dev/sdb", UNKNOWN] })).toEqual(taken);
    const { address: _, ...connection } = hostRef.connection;
    const elsewhere = { ...hostRef, connection: { ...connection, address: UNKNOWN } };
    expect(await failures({ ...program, note: "taken", host: elsewhere })).toEqual([]);
  });

  test("still complains about what is known", async () => {
    expect(await failures({ ...program, name: "Data", disks: [UNKNOWN, "sdb"] })).toEqual([
      { property: "name", reason: "name: must be lower-case letters" },
      { property: "", reason: "disks.1: must be a device" },
    ]);
  });

  test("plans for a host whose machine-id is not known yet", async () => {
    expect(await failures({ ...program, host: { ...hostRef, machineId: UNKNOWN } })).toEqual([]);
    expect(announced).toEqual(["data"]);
  });

  test("plans nothing for inputs that are wrong", async () => {
    await failures({ ...program, name: "Data" });
    expect(announced).toEqual([]);
  });
});

describe("diff", () => {
  test("finds no change where the program leaves out a default", async () => {
    expect(await changes({})).toBe(false);
  });

  test.each([
    ["a field that matters only when the resource is made", { note: "new" }],
    ["which of its stack's Hosts made it", { host: { ...hostRef, identity: "another" } }],
    ["the text of the provider", { __provider: "newer" }],
    ["the order of keys", { host: Object.fromEntries(Object.entries(hostRef).reverse()) }],
    [
      "a machine-id that is not known yet: what exists stays on its machine",
      { host: { ...hostRef, machineId: UNKNOWN } },
    ],
  ])("ignores %s", async (_case, news) => {
    expect(await changes(news)).toBe(false);
  });

  test.each([
    ["a field", { name: "other" }],
    ["a list", { disks: ["/dev/sdb"] }],
    [
      "the way to the host, which replaces nothing",
      { host: { ...hostRef, connection: { ...hostRef.connection, port: 2 } } },
    ],
    ["its name in the program", { owner: ownerOf("subject", "renamed") }],
    ["the name of the host", { host: { ...hostRef, name: "db-1" } }],
    ["a field that is not known yet", { name: UNKNOWN }],
    ["a host that is not known yet", { host: UNKNOWN }],
  ])("updates for a change of %s", async (_case, news) => {
    expect(await changes(news)).toBe(true);
  });

  test("compares also what the schema does not take any more: a refresh asks", async () => {
    expect(await changes({ name: "Data", disks: [], format: "ext4" }, { name: "Data" })).toBe(false);
    expect(await changes({ name: "Data" })).toBe(true);
  });

  test("never asks for a replacement, and lets go of the old one first when the user does", async () => {
    const answer = await subject.diff("1", state, { ...program, name: "other" });
    expect(answer).toEqual({ changes: true, deleteBeforeReplace: true });
  });

  test("updates for drift of an output", async () => {
    expect(await changes({}, { size: 2 })).toBe(true);
  });
});

describe("check of a change", () => {
  const before = { ...program, disks: ["/dev/sdb"] };
  const refused = async (news: object, olds: object = before) => failures({ ...before, ...news }, { ...olds });

  test("lets a change pass that can be made in place", async () => {
    expect(await refused({ name: "other", disks: ["/dev/sdb", "/dev/sdc"] })).toEqual([]);
  });

  test("refuses one that cannot, in words", async () => {
    expect(await refused({ format: "xfs" })).toEqual([
      {
        property: "format",
        reason:
          'Cannot change format of the subject on host "db1": it is "ext4" and the program says "xfs"\nNothing is ever formatted again',
      },
    ]);
  });

  test("refuses what the resource itself refuses", async () => {
    expect(await refused({ disks: [] })).toEqual([{ property: "", reason: "Cannot take a disk away" }]);
  });

  test("refuses another machine, also under the same name", async () => {
    const elsewhere = { ...hostRef, name: "db2", machineId: "f".repeat(32) };
    expect(await refused({ host: elsewhere })).toEqual([
      {
        property: "",
        reason:
          'Cannot move the subject from host "db1" to host "db2": its data is there, and nothing moves by itself\nSet host back, or declare a new subject on "db2"',
      },
    ]);
    expect(await refused({ host: { ...elsewhere, name: "db1" } })).toHaveLength(1);
    expect(await refused({ host: { ...hostRef, name: "renamed" } })).toEqual([]);
  });

  test.each([
    ["a field that is not known yet", { format: UNKNOWN }],
    ["a machine-id that is not known yet", { host: { ...hostRef, machineId: UNKNOWN } }],
    ["what the resource itself would refuse, while another field is not known yet", { disks: [], note: UNKNOWN }],
  ])("lets pass %s", async (_case, news) => {
    expect(await refused(news)).toEqual([]);
  });

  test("compares with nothing when the resource is new, or the state of an older release does not fit", async () => {
    expect(await refused({ format: "xfs" }, {})).toEqual([]);
    expect(await refused({ format: "xfs" }, { name: 1 })).toEqual([]);
  });
});
