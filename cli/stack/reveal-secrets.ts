/** The key and the value that mark a secret in a state (pulumi, sdk/go/common/resource/sig). */
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** The value with each secret replaced by what it is, if the state was exported with --show-secrets; by undefined otherwise. */
export function revealSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revealSecrets);
  if (typeof value !== "object" || value === null) return value;
  const { [SIGNATURE_KEY]: signature, plaintext } = value as Record<string, unknown>;
  if (signature === SECRET) {
    return typeof plaintext === "string" ? revealSecrets(JSON.parse(plaintext)) : undefined;
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revealSecrets(inner)]));
}
