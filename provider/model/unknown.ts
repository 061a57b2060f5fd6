/** What Pulumi's engine sends in place of a value that is not known yet (sdk/nodejs/runtime/rpc.ts, `unknownValue`). */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** True for the placeholder of a value that is not known at preview. */
export function isUnknown(value: unknown): boolean {
  return value === UNKNOWN;
}

/** True if the value is unknown or holds an unknown value at any depth. */
export function hasUnknown(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).some(hasUnknown);
  return isUnknown(value);
}
