import { readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const FOLDER = join(__dirname, "../../../provider/resources");

/** The inputs of every resource by kind: whatever a file of provider/resources defines, so that a new one is covered at once. */
export function allInputs(): Record<string, z.ZodType> {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith(".ts"));
  const exported = files.flatMap((name) => Object.entries(require(join(FOLDER, name)) as Record<string, unknown>));
  return Object.fromEntries(exported.filter(isDefinition).map(([kind, { inputs }]) => [kind, inputs]));
}

function isDefinition(entry: [string, unknown]): entry is [string, { inputs: z.ZodType }] {
  const [, value] = entry;
  return typeof value === "object" && value !== null && "script" in value && "inputs" in value;
}

/** A JSON Schema as far as it matters where strings are. */
interface Node {
  type?: string;
  properties?: Record<string, Node>;
  additionalProperties?: Node | boolean;
  items?: Node;
  anyOf?: Node[];
}

/** A field that takes text, as the path to it: `[]` is an item of a list and `{}` a value under a key of the user's own. */
export type Path = readonly string[];

/** Every field of a schema that takes text. */
export function stringFields(inputs: z.ZodType): Path[] {
  const found = walk(z.toJSONSchema(inputs, { io: "input", unrepresentable: "any" }) as Node, []);
  return [...new Map(found.map((path) => [path.join("."), path])).values()];
}

function walk(node: Node, path: Path): Path[] {
  return [
    ...(node.type === "string" ? [path] : []),
    ...(node.anyOf ?? []).flatMap((each) => walk(each, path)),
    ...(node.items ? walk(node.items, [...path, "[]"]) : []),
    ...(typeof node.additionalProperties === "object" ? walk(node.additionalProperties, [...path, "{}"]) : []),
    ...Object.entries(node.properties ?? {}).flatMap(([key, inner]) => walk(inner, [...path, key])),
  ];
}

/** Inputs that hold nothing but a value at a path. */
export function only([key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (key === "[]") return [only(rest, value)];
  return { [key === "{}" ? "key" : key]: only(rest, value) };
}

/** The path as a failure names it. */
export const property = (path: Path): string => path.map((key) => ({ "[]": "0", "{}": "key" })[key] ?? key).join(".");
