/**
 * LVM tags take `A-Z a-z 0-9 _ + . - / = ! : & #` (lvm(8), "Tags"). Everything of ours starts with this prefix.
 */
export const TAG_PREFIX = "pulumi-lvm.";

/** Puts any text into a tag's alphabet: what does not fit, and `#` itself, becomes `#` and two hex digits per UTF-8 byte. */
export function encodeTag(text: string): string {
  return [...Buffer.from(text, "utf8")]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[A-Za-z0-9_+./=!:&-]/.test(char) ? char : `#${byte.toString(16).padStart(2, "0")}`;
    })
    .join("");
}

/** The reverse of {@link encodeTag}. */
export function decodeTag(tag: string): string {
  const bytes: number[] = [];
  for (let at = 0; at < tag.length; at += 1) {
    if (tag[at] === "#") {
      bytes.push(Number.parseInt(tag.slice(at + 1, at + 3), 16));
      at += 2;
    } else {
      bytes.push(tag.charCodeAt(at));
    }
  }
  return Buffer.from(bytes).toString("utf8");
}

/** The value of the tag `pulumi-lvm.<key>=<value>`, decoded; undefined when there is none. */
export function tagValue(tags: readonly string[], key: string): string | undefined {
  const start = `${TAG_PREFIX}${key}=`;
  const tag = tags.find((candidate) => candidate.startsWith(start));
  return tag === undefined ? undefined : decodeTag(tag.slice(start.length));
}

/** Whether a volume still has to be zeroed, formatted or restored before it can be used. */
export function isUnfinished(tags: readonly string[]): boolean {
  return ["zero", "mkfs", "restore", "resize"].some((work) => tags.includes(tag("pending", work)));
}

/** `pulumi-lvm.<key>=<value>`, with the value encoded. */
export function tag(key: string, value: string): string {
  return `${TAG_PREFIX}${key}=${encodeTag(value)}`;
}

/** What the key of a label's tag begins with. */
export const LABEL = "label.";

/** Labels as tags, one a label. A label's key is a plain word, so the first `=` ends it. */
export function labelTags(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).map(([key, value]) => tag(`${LABEL}${key}`, value));
}

/** The labels among the tags, sorted by key. */
export function labelsOf(tags: readonly string[]): Record<string, string> {
  const start = `${TAG_PREFIX}${LABEL}`;
  const labels = tags
    .filter((candidate) => candidate.startsWith(start))
    .map((candidate): [string, string] => {
      const [key = "", ...value] = candidate.slice(start.length).split("=");
      return [key, decodeTag(value.join("="))];
    });
  return Object.fromEntries(labels.sort(([a], [b]) => (a < b ? -1 : 1)));
}
