import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quote } from "../../../../../provider/hosts/script/quote.js";

describe("quote", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "quote-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** What a real shell has in a variable that was assigned the quoted value. */
  function throughShell(value: string): string {
    const input = `VALUE=${quote(value)}\nprintf %s "$VALUE"\n`;
    const { status, stdout, stderr } = spawnSync("/bin/sh", ["-s"], { cwd: directory, input, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return stdout;
  }

  test.each([
    ["nothing", ""],
    ["a word", "data"],
    ["spaces and tabs", "  two \t words  "],
    ["newlines, also at the end", "\nfirst\nsecond\n\n"],
    ["carriage return", "dos\r\n"],
    ["single quotes", "it's 'quoted'"],
    ["only single quotes", "'''"],
    ["an end of the quote and a command", "'; touch pwned; '"],
    ["double quotes", 'say "hello"'],
    ["command substitution", "$(touch pwned)"],
    ["backticks", "`touch pwned`"],
    ["a variable", "$HOME ${PATH}"],
    ["arithmetic", "$((1 + 1))"],
    ["backslashes", "\\n \\' \\\\"],
    ["a backslash at the end", "C:\\"],
    ["a pattern", "* ? [a-z]"],
    ["a tilde", "~/key"],
    ["operators", "a && b || c; d & e | f > g < h"],
    ["a comment", "# not a comment"],
    ["a here-document", "<<END\nEND"],
    ["an option", "-n"],
    ["umlauts and an astral character", "Größe 💾"],
    ["a combining character", "e\u0301"],
    ["control characters", "\u0001\u0007\u001b[31m\u007f"],
    ["an exclamation mark", "wow!"],
    ["what ends a script of ours", "main </dev/null\n}"],
    ["more than a pipe holds", "x'".repeat(100_000)],
  ])("brings %s through /bin/sh unchanged", (_case, value) => {
    expect(throughShell(value)).toBe(value);
    expect(readdirSync(directory)).toEqual([]);
  });

  test("brings every single byte of ASCII but NUL through /bin/sh", () => {
    const all = Array.from({ length: 127 }, (_none, code) => String.fromCharCode(code + 1)).join("");
    expect(throughShell(all)).toBe(all);
  });

  test("refuses a NUL byte, which no shell variable can hold", () => {
    expect(() => quote("a\0b")).toThrow(new RangeError("Cannot pass a value with a NUL byte to a host"));
  });
});
