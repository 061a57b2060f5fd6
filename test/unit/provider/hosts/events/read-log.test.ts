import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quote } from "../../../../../provider/hosts/script/quote.js";
import { scriptText, shellLibrary } from "../../../../../provider/hosts/script/script.js";

const PIECE_BYTES = 8 * 2 ** 20;

describe("read-log.sh", () => {
  let state: string;
  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), "pulumi-lvm-log-"));
  });
  afterEach(() => rmSync(state, { recursive: true }));

  const write = (name: string, bytes: Buffer) => writeFileSync(join(state, name), bytes);
  const run = (FILE: string, OFFSET: string): Map<string, string>[] =>
    execFileSync("/bin/sh", ["-s"], {
      input: `NONCE=x\n${shellLibrary()}\nSTATE=${quote(state)} FILE=${quote(FILE)} OFFSET=${OFFSET}\n${scriptText("hosts/events/read-log.sh")}\nread_log\n`,
      encoding: "utf8",
      maxBuffer: 2 ** 25,
    })
      .trim()
      .split("\n")
      .map((line) => new Map(Object.entries((JSON.parse(line) as { report: Record<string, string> }).report)));

  /** The pieces in which a reader gets the log. */
  function pieces(): Buffer[] {
    const all: Buffer[] = [];
    for (let file = "", offset = "0"; ; ) {
      const said = run(file, offset);
      all.push(Buffer.concat(said.map((each) => Buffer.from(each.get("piece") ?? "", "base64"))));
      file = said.find((each) => each.has("next"))?.get("next") ?? "";
      offset = said.find((each) => each.has("offset"))?.get("offset") ?? "0";
      if (file === "") return all;
    }
  }

  /** Bytes that tell where they belong: 251 is no divisor of a piece. */
  const bytes = (length: number, seed: number) =>
    Buffer.alloc(
      length,
      Uint8Array.from({ length: 251 }, (_, at) => (at + seed) % 251),
    );

  test("of no log says that there is nothing", () => {
    expect(Buffer.concat(pieces())).toHaveLength(0);
  });

  test.each([
    ["an empty log", [0], 1],
    ["a short one", [1000], 1],
    ["one that is as long as a piece", [PIECE_BYTES], 1],
    ["one of a byte more", [PIECE_BYTES + 1], 2],
    ["files put aside", [1000, 49152, 10], 3],
    ["a long one before others", [PIECE_BYTES + 99, 7, 500], 4],
  ])("gives all bytes of %s in order, in pieces of 8 MiB", (_title, lengths, count) => {
    const files = lengths.map(bytes);
    for (const [index, file] of files.entries()) {
      write(index === files.length - 1 ? "events.jsonl" : `events-00000${index + 1}.jsonl`, file);
    }
    const found = pieces();
    expect(found).toHaveLength(count);
    expect(Buffer.concat(found).equals(Buffer.concat(files))).toBe(true);
  });

  test("shows a file of two names once, which a power cut left", () => {
    write("events-000001.jsonl", bytes(100, 1));
    write("events.jsonl", bytes(100, 2));
    execFileSync("ln", [join(state, "events.jsonl"), join(state, "events-000002.jsonl")]);
    expect(
      Buffer.concat(pieces()).equals(Buffer.concat([bytes(100, 1), readFileSync(join(state, "events.jsonl"))])),
    ).toBe(true);
  });
});
