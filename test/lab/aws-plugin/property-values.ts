import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";

export type Properties = Record<string, unknown>;

/** Signatures of the engine's wire format (pulumi/pulumi, sdk/go/common/resource/properties.go). */
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The properties of a request, with secrets unwrapped. */
export function fromWire(struct: Struct | undefined): Properties {
  return struct ? (unwrap(struct.toJavaScript()) as Properties) : {};
}

/** Properties for a reply; those that are undefined are left out. */
export function toWire(properties: Properties): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)));
}

export function secret(value: unknown): Properties {
  return { [SIGNATURE_KEY]: SECRET, value };
}

/** True if a value of a preview is not known at any depth. */
export function isUnknown(value: unknown): boolean {
  return JSON.stringify(value)?.includes(UNKNOWN) ?? false;
}

/** True if two values are equal, whatever the order of their keys. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

/** What `actual` says of that which `stated` states: servers add defaults of their own. */
export function restrict(stated: unknown, actual: unknown): unknown {
  if (Array.isArray(stated) && Array.isArray(actual))
    return actual.map((item, index) => (index in stated ? restrict(stated[index], item) : item));
  if (!isObject(stated) || !isObject(actual)) return actual;
  const keys = Object.keys(stated).filter((key) => key in actual);
  return Object.fromEntries(keys.map((key) => [key, restrict(stated[key], actual[key])]));
}

function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap);
  if (!isObject(value)) return value;
  if (value[SIGNATURE_KEY] === SECRET) return unwrap(value["value"]);
  return mapValues(value, unwrap);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(mapValues(value, sorted)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const isObject = (value: unknown): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const mapValues = (object: Properties, change: (value: unknown) => unknown): Properties =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
