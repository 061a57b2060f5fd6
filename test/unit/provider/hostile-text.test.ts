import { resource } from "../../../provider/index.js";
import { hostileTexts, isPlain, isUnicode } from "../../support/hostile.js";
import { allInputs, only, type Path, property, stringFields } from "./string-fields.js";

/** Fields that take more than a word of a known alphabet, by the end of their path, and what they take. */
const FREE: Record<string, (text: string) => boolean> = {
  // What comes back from a tag or a file must be what went in; control characters would break up lines.
  owner: isPlain,
  "host.name": isPlain,
  user: (text) => isPlain(text) && !/\s/.test(text),
  agent: isPlain,
  privateKeyFile: isPlain,
  // Secrets go to the SSH library as they are.
  password: () => true,
  privateKey: () => true,
  "target.name": isPlain,
  "target.accessKeyId": isPrintable,
  "target.secretAccessKey": isPrintable,
  "labels.{}": isUnicode,
  policy: isPlain,
  // Is a script; see examples and docs for whose.
  command: (text) => text !== "" && isUnicode(text) && !text.includes("\0"),
  // Is only compared with names of hosts.
  microVmHost: () => true,
};

/** S3's keys go to restic as they are, in its environment. */
function isPrintable(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

const freedom = (path: Path) => Object.entries(FREE).find(([end]) => `.${path.join(".")}`.endsWith(`.${end}`))?.[1];

/** What check says of one field. The inputs lack everything else, so no host is asked. */
async function complaints(kind: string, path: Path, value: unknown): Promise<string[]> {
  const { failures } = await resource(kind).check({}, only(path, value) as Record<string, unknown>);
  return failures.map(({ reason }) => reason).filter((reason) => reason.startsWith(`${property(path)}: `));
}

describe.each(Object.entries(allInputs()))("hostile text in %s", (kind, inputs) => {
  test.each(stringFields(inputs).map((path): [string, Path] => [path.join("."), path]))("as %s", async (name, path) => {
    const isFree = freedom(path) ?? (() => false);
    for (const text of hostileTexts) {
      const reasons = await complaints(kind, path, text);
      expect([name, text, reasons.length > 0]).toEqual([name, text, !isFree(text)]);
      for (const reason of reasons) expect(reason).toMatch(new RegExp(`^${property(path)}: .`));
    }
  });
});

test("hostile text as the key of a label", async () => {
  for (const text of hostileTexts) {
    const { failures } = await resource("volume").check({}, { labels: { [text]: "value" } });
    expect([text, failures.some((failure) => failure.reason.startsWith("labels"))]).toEqual([text, true]);
  }
});

test("an unknown field is named", async () => {
  for (const kind of Object.keys(allInputs())) {
    const { failures } = await resource(kind).check({}, { surprise: "value" });
    expect(failures.map(({ reason }) => reason).join("\n")).toContain('"surprise"');
  }
});
