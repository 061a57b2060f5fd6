import { type Findable, findOnHosts } from "../../../../cli/stack/found-on-hosts.js";
import type { StackHost } from "../../../../cli/stack/stack-state.js";
import { HostError } from "../../../../provider/hosts/errors.js";

interface Thing {
  readonly id: string;
  readonly name: string;
}

const host = (name: string) => ({ name, machineId: name, anchors: [] }) as unknown as StackHost;
const things = (held: Record<string, Thing[]>): Findable<Thing> => ({
  noun: "thing",
  find: async ({ name }) => {
    if (held[name] === undefined) throw new HostError(name, { summary: "Cannot connect", detail: "off", next: "Boot" });
    return held[name];
  },
  names: ({ id, name }) => [id, name],
  describe: ({ id, name }) => `${id} (${name})`,
});
const [one, two] = [host("one"), host("two")];
const a = { id: "1", name: "a" };

test.each(["1", "a"])("%s is found with its host", async (word) => {
  expect(await findOnHosts([one, two], word, things({ one: [], two: [a] }))).toEqual({ thing: a, host: two });
});

test("what is not there is an error that lists what is", async () => {
  await expect(findOnHosts([one, two], "b", things({ one: [a], two: [] }))).rejects.toThrow(
    'Cannot find thing "b" on the stack\'s hosts\nThere is: 1 (a)',
  );
  await expect(findOnHosts([one], "b", things({ one: [] }))).rejects.toThrow("There is no thing on them");
  await expect(findOnHosts([], "b", things({}))).rejects.toThrow("The stack has no hosts");
});

test("a word that fits two is an error that names both", async () => {
  const other = { id: "2", name: "a" };
  await expect(findOnHosts([one, two], "a", things({ one: [a], two: [other] }))).rejects.toThrow(
    'Cannot tell which thing "a" is meant\nName one by its id: 1 (a); 2 (a)',
  );
});

test("nothing is chosen while a host cannot be asked", async () => {
  expect(await findOnHosts([one, two], "a", things({ one: [a] }))).toMatchObject({ failures: [{ host: "two" }] });
});
