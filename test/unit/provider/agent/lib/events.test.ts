import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyLog } from "../../../../../provider/hosts/events/verify-log.js";
import { quote } from "../../../../../provider/hosts/script/quote.js";
import { shellLibrary } from "../../../../../provider/hosts/script/script.js";

describe("events.sh, read by verifyLog", () => {
  let state: string;
  const file = () => join(state, "events.jsonl");
  const run = (commands: string): string =>
    execFileSync("/bin/sh", ["-s"], {
      input: `NONCE=x\n${shellLibrary()}\nSTATE=${quote(state)}\n${commands}\n`,
      encoding: "utf8",
    });
  const event = (action: string): string =>
    (JSON.parse(run(`event ${action} done '"volume":"v","microVm":"db"'`)) as { report: { event: string } }).report
      .event;
  const verify = (anchors: readonly string[] = []) =>
    verifyLog(
      existsSync(file()) ? readFileSync(file()) : Buffer.alloc(0),
      anchors.map((hash) => ({ hash, resource: "any" })),
    );

  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), "pulumi-lvm-events-"));
  });
  afterEach(() => rmSync(state, { recursive: true }));

  test("each event names the one before it, and its reported hash is in the log", () => {
    const hashes = ["create", "attach", "detach"].map(event);
    const found = verify(hashes);
    expect(found).toMatchObject({ torn: [], broken: undefined, missingAnchors: [] });
    expect(found.events.map(({ hash }) => hash)).toEqual(hashes);
  });

  test("events of processes that run at the same time make one chain", () => {
    run('for i in 1 2 3 4 5 6 7 8; do event "action$i" done \'"volume":"v"\' >/dev/null & done; wait');
    expect(verify()).toMatchObject({ broken: undefined, torn: [] });
    expect(verify().events).toHaveLength(8);
  });

  test.each<[string, Buffer]>([
    ["half a line", Buffer.from('{"time":"2026-11-23T08:55:49Z","action":"att')],
    ["half a line that ends as a whole one does", Buffer.from('{"time":"2026-11-23T08:55:49Z","actor":{"user":"me"}')],
    ["NUL bytes", Buffer.alloc(40)],
    ["half a line and NUL bytes", Buffer.concat([Buffer.from('{"time":"2026'), Buffer.alloc(9)])],
    ["bytes that are no text", Buffer.from([0xff, 0xfe, 0x0d])],
  ])("%s at the end is closed and stays in the chain", (_title, rest) => {
    const before = event("create");
    appendFileSync(file(), rest);
    const hashes = [before, event("attach"), event("detach")];
    expect(verify(hashes)).toMatchObject({ torn: [2], broken: undefined, missingAnchors: [] });
    expect(verify().events.map(({ hash }) => hash)).toEqual(hashes);
  });

  test("a log that begins with half a line goes on", () => {
    appendFileSync(file(), '{"time"');
    event("create");
    event("attach");
    expect(verify()).toMatchObject({ torn: [1], broken: undefined });
  });

  test("two cuts in a row are both closed", () => {
    event("create");
    appendFileSync(file(), '{"time"\n{"ti');
    event("attach");
    expect(verify()).toMatchObject({ torn: [2, 3], broken: undefined });
  });

  test("what stood before half a line cannot be taken out unseen", () => {
    event("create");
    event("attach");
    appendFileSync(file(), '{"time"');
    event("detach");
    const [first, , ...rest] = readFileSync(file(), "utf8").split("\n");
    rmSync(file());
    appendFileSync(file(), [first, ...rest].join("\n"));
    expect(verify().broken?.line).toBe(3);
  });

  test("a line that lost only its newline is whole", () => {
    event("create");
    const bytes = readFileSync(file());
    rmSync(file());
    appendFileSync(file(), bytes.subarray(0, -1));
    event("attach");
    expect(verify()).toMatchObject({ torn: [], broken: undefined });
    expect(verify().events).toHaveLength(2);
  });

  test("a change that ends before it is finished is logged as failed", () => {
    expect(() => run('begin grow \'"volume":"v"\'; false')).toThrow();
    expect(verify().events.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(["grow begun", "grow failed"]);
  });

  test("has_event finds the newest event with all texts, and none that was cut short", () => {
    event("attach");
    const newest = event("attach");
    event("detach");
    const ask = 'has_event \'"action":"attach"\' \'"microVm":"db"\' && echo "$event_hash"';
    expect(run(ask).trim()).toBe(newest);
    expect(() => run('has_event \'"action":"create"\'')).toThrow();
    appendFileSync(file(), `${"\0".repeat(9)}{"action":"create","outcome":"done"`);
    expect(() => run('has_event \'"action":"create"\'')).toThrow();
    expect(run(ask).trim()).toBe(newest);
  });
});
