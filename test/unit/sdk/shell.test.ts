import { join } from "node:path";
import { runtime } from "@pulumi/pulumi";
import type { Kind } from "../../../provider/index.js";
import { shell as source } from "../../../sdk/shell.js";

const repository = join(__dirname, "../../..");
/** As users have it: the text of its functions is what the compiler made of them. `npm run build` makes it. */
const { shell: built } = require(join(repository, "dist/sdk/shell.js")) as { shell: typeof source };

/** The text that goes into the state, made as `pulumi.dynamic.Resource` makes it (@pulumi/pulumi, dynamic/index.js). */
async function serialize(make: typeof source, kind: Kind): Promise<string> {
  const provider = make(kind);
  const { text } = await runtime.serializeFunction(() => provider, {
    allowSecrets: true,
  } as runtime.SerializeFunctionArgs);
  return text;
}

const condense = (text: string): string => text.replaceAll(/\s+/g, "");

describe("the text that a shell leaves in the state", () => {
  test("is the same in every release", async () => {
    // A change of it shows as an update of every resource of every stack: `npm run unit -- -u` only with that in mind.
    expect(await serialize(built, "volume")).toMatchSnapshot();
  });

  test("is what the source says, whatever compiled it", async () => {
    expect(condense(await serialize(source, "volume"))).toBe(condense(await serialize(built, "volume")));
  });

  test("is small, and holds nothing of the machine that made it", async () => {
    const text = await serialize(built, "volume");
    expect(text.length).toBeLessThan(4096);
    expect(text).not.toContain(repository);
    expect(text).not.toMatch(/(?:^|[\s"'`(])\/[a-z]/);
  });

  test("captures the kind and nothing else", async () => {
    const text = await serialize(built, "volume");
    const captured = [...text.matchAll(/with\(\{ (.*) \}\)/g)].map(([, names]) => names);
    expect(new Set(captured)).toEqual(
      new Set([
        'kind: "volume", this: undefined, arguments: undefined',
        "provider: __provider, this: undefined, arguments: undefined",
      ]),
    );
    expect(await serialize(built, "host")).toBe(text.replaceAll('"volume"', '"host"'));
  });

  test("calls the installed provider with what the engine gives it", async () => {
    const calls: unknown[][] = [];
    const lifecycle = new Proxy(
      {},
      {
        get:
          (_target, method) =>
          (...args: unknown[]) =>
            calls.push([method, ...args]),
      },
    );
    const load = (name: string) => ({
      resource: (kind: string) => {
        calls.push([name, kind]);
        return lifecycle;
      },
    });
    const exported: { handler?: () => ReturnType<typeof source> } = {};
    new Function("exports", "require", await serialize(built, "volume"))(exported, load);
    const provider = exported.handler?.();
    provider?.check?.("olds", "news");
    provider?.diff?.("id", "olds", "news");
    provider?.create("inputs");
    provider?.read?.("id", "props");
    provider?.update?.("id", "olds", "news");
    provider?.delete?.("id", "props");
    expect(calls.filter(([first]) => first === "pulumi-lvm/provider")).toEqual(
      Array(6).fill(["pulumi-lvm/provider", "volume"]),
    );
    expect(calls.filter(([first]) => first !== "pulumi-lvm/provider")).toEqual([
      ["check", "olds", "news"],
      ["diff", "id", "olds", "news"],
      ["create", "inputs"],
      ["read", "id", "props"],
      ["update", "id", "olds", "news"],
      ["delete", "id", "props"],
    ]);
  });
});
