import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyLog } from "../../../../../provider/hosts/events/verify-log.js";
import { quote } from "../../../../../provider/hosts/script/quote.js";
import { shellLibrary } from "../../../../../provider/hosts/script/script.js";
import { hashOf } from "../../hosts/events/chain.js";

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

  describe("has_event", () => {
    const ask = (actions: string): string =>
      run(`has_event '${actions}' '"microVm":"db"' && echo "$event_hash"`).trim();

    test("finds the newest event that tells of a change that is made, and none that was cut short", () => {
      event("attach");
      const newest = event("attach");
      event("detach");
      expect(ask("attach")).toBe(newest);
      expect(ask("create|attach")).toBe(newest);
      expect(() => ask("create")).toThrow();
      appendFileSync(file(), `${"\0".repeat(9)}{"action":"create","outcome":"done"`);
      expect(() => ask("create")).toThrow();
      expect(ask("attach")).toBe(newest);
    });

    test("does not take a change that was announced again for made, and overlooks refusals", () => {
      const done = event("attach");
      run('refused attach \'"volume":"v","microVm":"db"\' busy');
      expect(ask("attach")).toBe(done);
      run('event attach begun \'"volume":"v","microVm":"db"\'');
      expect(() => ask("attach")).toThrow();
    });

    test("reads from the end, and no file but those that it needs", () => {
      const hashes = ["a", "b", "c"].map((action) => run(`EVENT_FILE_BYTES=1; event ${action} done '"microVm":"db"'`));
      expect(hashes).toHaveLength(3);
      // Who opens a pipe that nobody writes to waits for ever.
      rmSync(join(state, "events-000001.jsonl"));
      execFileSync("mkfifo", [join(state, "events-000001.jsonl")]);
      expect(ask("b")).toBe(hashOf(readFileSync(join(state, "events-000002.jsonl"), "utf8").trimEnd()));
    });
  });

  describe("a log that has grown", () => {
    const grow = (action: string, more = ""): string =>
      run(`EVENT_FILE_BYTES=400\n${more}\nevent ${action} done '"volume":"v","microVm":"db"'`);
    const files = (): string[] => readdirSync(state).filter((name) => name.startsWith("events"));
    /** All files in the order of their numbers, each once, as read-log.sh shows them. */
    const verifyAll = () => {
      const aside = files().filter((name) => /^events-\d{6}\.jsonl$/.test(name));
      const isLinked = (name: string) => statSync(join(state, name)).ino === statSync(file()).ino;
      const bytes = aside.filter((name) => !isLinked(name)).map((name) => readFileSync(join(state, name)));
      return verifyLog(Buffer.concat([...bytes, readFileSync(file())]), []);
    };
    const actions = Array.from({ length: 34 }, (_, index) => `a${index}`);

    test("is put aside, and the first line of the new file names the last one of the old", () => {
      for (const action of actions) grow(action);
      // Past the number that a shell takes for an octal one.
      expect(files()).toEqual([
        ...Array.from(
          { length: files().length - 1 },
          (_, index) => `events-${String(index + 1).padStart(6, "0")}.jsonl`,
        ),
        "events.jsonl",
      ]);
      expect(files().length).toBeGreaterThan(10);
      const [old, next] = ["events-000001.jsonl", "events-000002.jsonl"].map((name) =>
        readFileSync(join(state, name), "utf8").trimEnd().split("\n"),
      );
      expect((JSON.parse(next?.[0] ?? "") as { prev: string }).prev).toBe(hashOf(old?.at(-1) ?? ""));
      expect(verifyAll()).toMatchObject({ torn: [], broken: undefined });
      expect(verifyAll().events.map(({ action }) => action)).toEqual(actions);
    });

    test("that ends in half a line goes on in the next file", () => {
      event("create");
      appendFileSync(file(), `{"time"${" ".repeat(400)}`);
      grow("attach");
      expect(files()).toEqual(["events-000001.jsonl", "events.jsonl"]);
      expect(verifyAll()).toMatchObject({ torn: [2], broken: undefined });
    });

    test("that an older release goes on with, between the steps, stays one chain", () => {
      for (const action of actions.slice(0, 3)) grow(action);
      execFileSync("ln", [file(), join(state, `events-${String(files().length).padStart(6, "0")}.jsonl`)]);
      run(`EVENT_FILE_BYTES=99999; event old done '"volume":"v"'`);
      grow("new");
      expect(verifyAll()).toMatchObject({ torn: [], broken: undefined });
      expect(verifyAll().events.map(({ action }) => action)).toEqual([...actions.slice(0, 3), "old", "new"]);
    });

    test("loses nothing when many write at once", () => {
      run(`EVENT_FILE_BYTES=400; for i in 1 2 3 4 5 6 7 8; do event "a$i" done '"volume":"v"' >/dev/null & done; wait`);
      expect(verifyAll()).toMatchObject({ torn: [], broken: undefined });
      expect(verifyAll().events).toHaveLength(8);
    });

    // A step of a rotation is a command. The shell is killed when it has come to the nth.
    test.each([1, 2, 3, 4, 5, 6])("loses nothing when the power goes before step %i", (nth) => {
      for (const action of actions.slice(0, 3)) grow(action);
      const before = verifyAll().events.length;
      const die = `steps=0\ndie() { steps=$((steps + 1)); if [ $steps -eq ${nth} ]; then kill -9 $$; exit 9; fi; }`;
      const wrappers = ["ln", "sync", "mv"].map((name) => `${name}() { die; command ${name} "$@"; }`).join("\n");
      expect(() => grow("cut", `${die}\n${wrappers}`)).toThrow();
      expect(existsSync(file())).toBe(true);
      expect(verifyAll()).toMatchObject({ torn: [], broken: undefined });
      const whole = verifyAll().events.length;
      expect([before, before + 1]).toContain(whole);
      for (const action of actions.slice(3, 8)) grow(action);
      expect(verifyAll()).toMatchObject({ torn: [], broken: undefined });
      expect(verifyAll().events).toHaveLength(whole + 5);
    });
  });
});
