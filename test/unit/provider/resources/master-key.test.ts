import { resource } from "../../../../provider/index.js";

const masterKey = resource("masterKey");

test("masterKey makes 32 bytes that are others each time", async () => {
  const [one, other] = [await masterKey.create({}), await masterKey.create({})];
  expect(Buffer.from(`${one.outs["key"]}`, "base64")).toHaveLength(32);
  expect(one.outs["key"]).not.toBe(other.outs["key"]);
});

test("masterKey keeps its bytes, whatever happens", async () => {
  const { id, outs } = await masterKey.create({});
  expect((await masterKey.diff(id, outs, {})).changes).toBe(false);
  expect(await masterKey.read(id, outs)).toEqual({ id, props: outs });
  expect(await masterKey.update(id, outs, { key: "other" })).toEqual({ outs });
});
