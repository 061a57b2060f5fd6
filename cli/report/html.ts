/** Text that is HTML already: made by {@link html}, or a constant of ours. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template: nothing, text that is escaped, HTML, or several of these. */
export type Content = Html | string | number | undefined | readonly Content[];

/**
 * HTML with values in it. A value that is no HTML is escaped, so that it is text or the text of a quoted attribute, whatever it holds.
 * Values stand nowhere else: not in names, not in unquoted attributes, not in style.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(parts.map((part, index) => part + render(values[index])).join(""));
}

function render(value: Content): string {
  if (value === undefined) return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "object") return value.map(render).join("");
  return escapeText(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Text as HTML shows it, in an element or in a quoted attribute. What has no place in HTML is shown as U+FFFD: control characters (but
 * not tabs and line ends), noncharacters, halves of surrogate pairs, and marks that turn the direction of what stands around them.
 */
export function escapeText(text: string): string {
  return text
    .replace(/(?![\t\n])[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u202a-\u202e\u2066-\u2069]/gu, "\ufffd")
    .replace(/[&<>"']/g, (char) => ENTITIES[char] ?? "");
}
