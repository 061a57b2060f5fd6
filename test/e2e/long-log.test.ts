import type { EventLog } from "pulumi-lvm";
import { shellLibrary } from "../../provider/hosts/script/script.js";
import { hostFingerprint, type LabHost, labHosts, powerCut, resetHost, sh, shOk, startHost } from "../lab/index.js";
import { oneHost } from "../support/spec.js";
import { pulumiLvm } from "./harness/cli.js";
import { countExecs, logExecs } from "./harness/count-execs.js";
import { changesOf, Deployment } from "./harness/deployment.js";
import { type Entry, hashOf, logLines } from "./harness/host-log.js";

const [, host] = labHosts() as [LabHost, LabHost];
const STATE = "/var/lib/pulumi-lvm";
/** Lets the log grow by 13 MiB of events, chained as the host's own are: an up for each would take a day. */
const GROW_LOG = `python3 - <<'END'
import hashlib
path = "${STATE}/events.jsonl"
with open(path, "rb") as log:
    last = log.read().splitlines()[-1]
with open(path, "ab") as log:
    while log.tell() < 13 * 2**20:
        event = '{"time":"2026-11-23T08:55:56Z","action":"grow","outcome":"done","volume":"v","note":"%s"' % ("x" * 400)
        last = (event + ',"prev":"%s"}' % hashlib.sha256(last).hexdigest()).encode()
        log.write(last + b"\\n")
END`;

describe("An event log of more than 12 MB", () => {
  let deployment: Deployment;
  let before: string;
  const base = oneHost(host);
  const volume = { pool: "pool", size: "32MiB", deletionPolicy: "delete" };

  /** The whole log as the command gives it to a program. */
  const readWhole = async () => {
    const { stdout, stderr, code } = await pulumiLvm(deployment, ["events", "--json"]);
    if (code !== 0) throw new Error(`pulumi-lvm events ended with ${code}: ${stderr}`);
    const [log] = (JSON.parse(stdout) as { logs: (EventLog & { isTrusted: boolean })[] }).logs;
    return log as EventLog & { isTrusted: boolean };
  };
  const aside = async () =>
    (await shOk(host, `cd ${STATE}; ls events-*.jsonl 2>/dev/null || :`)).split("\n").slice(0, -1);
  /** Has the host's own functions write an event into a log that is full, so that it begins a new file. */
  const fullEvent = (action: string, before = ""): string =>
    `NONCE=x\n${shellLibrary()}\nEVENT_FILE_BYTES=1\n${before}\nevent ${action} done '"volume":"v"' >/dev/null`;
  let count: number;

  beforeAll(async () => {
    await resetHost(host);
    before = await hostFingerprint(host);
    deployment = await Deployment.open("long-log");
    changesOf(await deployment.up({ ...base, volumes: { data: volume } }));
    await shOk(host, GROW_LOG);
    count = Number(await shOk(host, `wc -l <${STATE}/events.jsonl`));
    await logExecs(host, true);
  });
  afterAll(async () => {
    await deployment.close();
    await logExecs(host, false);
  });

  test("is read whole, in as many pieces as it has times 8 MiB", async () => {
    let log: (EventLog & { isTrusted: boolean }) | undefined;
    const execs = await countExecs(host, async () => {
      log = await readWhole();
    });
    expect(log).toMatchObject({ isTrusted: true, torn: [] });
    expect(log?.events).toHaveLength(count);
    expect(execs).toBe(2);
  });

  test("is put aside by the next event, and read and verified across both files", async () => {
    changesOf(await deployment.up({ ...base, volumes: { data: volume, more: volume } }));
    expect(await aside()).toEqual(["events-000001.jsonl"]);
    const lines = await logLines(host);
    expect(lines.map((line) => (JSON.parse(line) as Entry).action)).toEqual(["create", "create"]);
    const lastOld = (await shOk(host, `tail -n 1 ${STATE}/events-000001.jsonl`)).trimEnd();
    expect((JSON.parse(lines[0] as string) as Entry).prev).toBe(hashOf(lastOld));
    const log = await readWhole();
    expect(log).toMatchObject({ isTrusted: true, torn: [] });
    expect(log.events).toHaveLength(count + 2);
    expect(log.events.at(-1)).toMatchObject({ action: "create", outcome: "done", line: count + 2 });
  });

  test("without its oldest file is found out", async () => {
    await shOk(host, `mv ${STATE}/events-000001.jsonl /root/taken.jsonl`);
    const { stdout, code } = await pulumiLvm(deployment, ["events"]);
    expect(stdout).toMatch(/node: line 1 \(.*\) breaks the chain: it names an entry before it, and there is none/);
    expect(code).toBe(1);
    await shOk(host, `mv /root/taken.jsonl ${STATE}/events-000001.jsonl`);
  });

  // The commands of a rotation are these; the shell is killed when it comes to the nth.
  test("loses nothing when the writer dies before any step of putting it aside, or the power goes", async () => {
    count = (await readWhole()).events.length;
    for (const nth of [1, 2, 3, 4, 5, 6]) {
      const die = `steps=0\ndie() { steps=$((steps + 1)); if [ $steps -eq ${nth} ]; then kill -9 $$; exit 9; fi; }`;
      const wrappers = ["ln", "sync", "mv"].map((name) => `${name}() { die; command ${name} "$@"; }`).join("\n");
      expect((await sh(host, fullEvent("cut", `${die}\n${wrappers}`))).code).not.toBe(0);
      // Before its fourth step, the old file has two names.
      if (nth === 4) {
        await powerCut(host);
        await startHost(host);
      }
      const log = await readWhole();
      expect([nth, log.isTrusted, log.torn]).toEqual([nth, true, []]);
      expect([nth, log.events.length]).toEqual([nth, count + (nth > 4 ? 1 : 0)]);
      await shOk(host, fullEvent("next"));
      count = log.events.length + 1;
    }
    const log = await readWhole();
    expect(log).toMatchObject({ isTrusted: true, torn: [] });
    expect(log.events).toHaveLength(count);
  });

  test("goes with the last stack, all its files", async () => {
    changesOf(await deployment.destroy());
    await logExecs(host, false);
    expect(await hostFingerprint(host)).toBe(before);
  });
});
