import { escapeText, html } from "../../../../cli/report/html.js";
import { hostileTexts } from "../../../support/hostile.js";

describe("html", () => {
  test("escapes values, keeps HTML, joins lists and leaves out what is undefined", () => {
    const item = (text: string) => html`<li>${text}</li>`;
    const { text } = html`<ul title="${`a"b'c`}">${[item("<b>"), item("&amp;")]}${undefined}${3}</ul>`;
    expect(text).toBe('<ul title="a&quot;b&#39;c"><li>&lt;b&gt;</li><li>&amp;amp;</li>3</ul>');
  });

  test.each([
    "</title><script>alert(1)</script>",
    `" onmouseover="alert(1)`,
    "' onmouseover='alert(1)",
    "<!--",
    "]]>",
    "&lt;script&gt;",
    ...hostileTexts,
  ])("leaves nothing of %j that could end a text or an attribute", (hostile) => {
    const escaped = escapeText(hostile);
    expect(escaped).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
    expect(escaped).not.toMatch(/(?![\t\n])[\p{Cc}\p{Cs}]/u);
  });

  test("shows what turns the direction of text, or is no character, as such", () => {
    expect(escapeText("a\u202eb\u0000c\ud800d\uffff")).toBe("a\ufffdb\ufffdc\ufffdd\ufffd");
    expect(escapeText("日本語 😀 ü")).toBe("日本語 😀 ü");
  });
});
