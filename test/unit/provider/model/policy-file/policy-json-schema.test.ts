import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { parse } from "yaml";
import type { JsonSchema } from "../../../../../provider/model/json-schema.js";
import { policyJsonSchema } from "../../../../../provider/model/policy-file/policy-json-schema.js";
import { readPolicyFile } from "../../../../../provider/model/policy-file/read-policy-file.js";

const repository = join(__dirname, "../../../../..");
const examples = globSync("examples/**/*policies*.{yaml,yml,json}", { cwd: repository });

describe("the JSON Schema that is shipped", () => {
  let isValid: ValidateFunction;
  beforeAll(() => {
    const text = readFileSync(require.resolve("pulumi-lvm/backup-policies.schema.json"), "utf8");
    isValid = new Ajv({ strict: true, strictRequired: false }).compile(JSON.parse(text));
  });

  test("there are examples", () => expect(examples).toContain("examples/fleet/backup-policies.yaml"));

  test.each(examples)("accepts %s, and so does readPolicyFile", (example) => {
    const path = join(repository, example);
    isValid(parse(readFileSync(path, "utf8")));
    expect(isValid.errors).toBeNull();
    expect(readPolicyFile(path).length).toBeGreaterThan(0);
    expect(readFileSync(path, "utf8")).toMatch(
      /^# yaml-language-server: \$schema=\.\/node_modules\/pulumi-lvm\/schema\/backup-policies\.schema\.json\n/,
    );
  });

  const good = { name: "gold", volumes: ["data"], schedule: "daily" };
  test.each([
    ["an unknown field", { ...good, retenton: {} }],
    ["no schedule", { name: "gold", volumes: ["data"] }],
    ["no volume", { name: "gold", schedule: "daily" }],
    ["a wrong type", { ...good, catchUp: "yes" }],
    ["a duration without a unit", { ...good, deadline: "90" }],
    ["a rule that keeps none", { ...good, retention: { last: 0 } }],
    ["retention without a rule", { ...good, retention: { prune: "weekly" } }],
    ["hooks without a hook", { ...good, hooks: {} }],
    ["a bound without the hook that it calls", { ...good, hooks: { before: { command: "freeze" }, maxFreeze: "5s" } }],
    ["a hook without a command", { ...good, hooks: { before: { timeout: "1m" } } }],
  ])("refuses %s", (_name, policy) => {
    expect(isValid({ policies: [good] })).toBe(true);
    expect(isValid({ policies: [policy] })).toBe(false);
  });
});

describe("each field of a policy file", () => {
  const fields = (schema: JsonSchema): [string, JsonSchema][] => [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, field]): [string, JsonSchema][] => [
      [key, field],
      ...fields(field),
    ]),
    ...(schema.items === undefined ? [] : fields(schema.items)),
  ];
  const documentation = readFileSync(join(repository, "docs/backup-policies.md"), "utf8");

  test.each(fields(policyJsonSchema()))("is described: %s", (name, { description }) => {
    expect(description).toEqual(expect.any(String));
    expect(documentation).toMatch(name === "$schema" ? /\$schema=/ : new RegExp(`[\`.]${name}\\b`));
  });
});
