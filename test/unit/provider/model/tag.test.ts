import { decodeTag, encodeTag, labelsOf, labelTags, tag, tagValue } from "../../../../provider/model/tag.js";

/** lvm(8): the characters that a tag may hold; a comma separates tags in a report. */
const ALPHABET = /^[A-Za-z0-9_+./=!:&#-]*$/;

const texts: [string, string][] = [
  ["plain text", "organization/project/dev/volume/data"],
  ["the escape character", "#1 ##23"],
  ["what looks like an escape", "#41"],
  ["a newline", "two\nlines\n"],
  ["a comma, which ends a tag in a report", "a,b"],
  ["quotes and expansions", `'"\`$(reboot)\``],
  ["a bar, which separates fields", "a|b"],
  ["umlauts", "Größe"],
  ["an astral character", "disk 💾"],
  ["combining characters", "e\u0301"],
  ["a NUL byte", "a\0b"],
  ["nothing", ""],
];

describe("encodeTag", () => {
  test.each(texts)("takes %s there and back within LVM's alphabet", (_case, text) => {
    expect(encodeTag(text)).toMatch(ALPHABET);
    expect(decodeTag(encodeTag(text))).toBe(text);
  });

  test("leaves text alone that fits", () => {
    expect(encodeTag("a-Z_0+./=!:&")).toBe("a-Z_0+./=!:&");
  });

  test("writes two hex digits for each byte of the rest", () => {
    expect(encodeTag("a b#\n")).toBe("a#20b#23#0a");
    expect(encodeTag("é")).toBe("#c3#a9");
  });

  test("never writes two texts alike", () => {
    const encoded = texts.map(([, text]) => encodeTag(text));
    expect(new Set(encoded).size).toBe(texts.length);
  });
});

describe("tagValue", () => {
  const tags = ["site=berlin", tag("id", "1"), tag("owner", "a b"), "pulumi-lvm.idle=3", tag("pending", "mkfs")];

  test.each([
    ["id", "1"],
    ["owner", "a b"],
    ["pending", "mkfs"],
    ["i", undefined],
    ["site", undefined],
    ["nothing", undefined],
  ])("of %s is %s", (key, value) => {
    expect(tagValue(tags, key)).toBe(value);
  });

  test("keeps an equals sign in the value", () => {
    expect(tagValue([tag("owner", "a=b")], "owner")).toBe("a=b");
  });
});

describe("labels", () => {
  test("come back from their tags, sorted, with foreign tags left out", () => {
    const labels = { tier: "gold", "app.kubernetes.io": "a=b", empty: "", note: "100 % #1\nä" };
    const tags = ["foreign", ...labelTags(labels), tag("id", "1"), "pulumi-lvm.labels=2"];
    expect(labelsOf(tags)).toEqual(labels);
    expect(Object.keys(labelsOf(tags))).toEqual(["app.kubernetes.io", "empty", "note", "tier"]);
  });
});
