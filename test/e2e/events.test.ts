import type { EventLog } from "pulumi-lvm";
import { hostFingerprint, type LabHost, labHosts, resetHost, shOk } from "../lab/index.js";
import { oneHost, type Spec } from "../support/spec.js";
import { pulumiLvm } from "./harness/cli.js";
import { changesOf, Deployment, refusalOf } from "./harness/deployment.js";
import { hashOf, logEntries, logLines, rechained, writeLog } from "./harness/host-log.js";

const [host] = labHosts() as [LabHost];

/** As GitHub Actions sets them. */
const CI = { GITHUB_SERVER_URL: "https://github.example", GITHUB_REPOSITORY: "acme/infra", GITHUB_RUN_ID: "42" };
const CI_RUN = "https://github.example/acme/infra/actions/runs/42";

describe("Event log", () => {
  let deployment: Deployment;
  let before: string;
  const base = oneHost(host);
  const spec = (size: string, more: Partial<Spec> = {}): Spec => ({
    ...base,
    volumes: { data: { pool: "pool", size, deletionPolicy: "delete" } },
    attachments: { db: { volume: "data", microVm: "vm-1" } },
    ...more,
  });
  const reading = (verify: boolean): Spec => spec("96MiB", { readEvents: { log: { host: "node", verify } } });
  const outputs = async (name: string) => (await deployment.state())[name]?.outputs ?? {};

  beforeAll(async () => {
    await resetHost(host);
    before = await hostFingerprint(host);
    deployment = await Deployment.open("events", { env: CI });
  });
  afterAll(() => deployment.close());

  test("readEvents of a host that is not there yet does not fail a preview", async () => {
    expect(changesOf(await deployment.preview(reading(true)))).toEqual({ create: 6 });
  });

  test("create, attach and grow are announced and ended, with who, where and what", async () => {
    changesOf(await deployment.up(spec("64MiB")));
    changesOf(await deployment.up(spec("96MiB")));
    const entries = await logEntries(host);
    expect(entries.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(
      ["create", "attach", "grow"].flatMap((action) => [`${action} begun`, `${action} done`]),
    );
    const { volumeId } = await outputs("data");
    const { attachmentId } = await outputs("db");
    const uuid = (await shOk(host, "lvs --noheadings -o lv_uuid fast/data")).trim();
    for (const [index, entry] of entries.entries()) {
      expect(entry).toMatchObject({
        volume: volumeId,
        logicalVolume: "fast/data",
        actor: { stack: deployment.stackName, ci: CI_RUN, user: expect.stringMatching(/.+@.+/) },
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      });
      // There is no logical volume yet when its create begins.
      expect(entry["uuid"]).toBe(index === 0 ? "" : uuid);
      if (entry.action === "attach") {
        expect(entry).toMatchObject({ attachment: attachmentId, microVm: "vm-1" });
        expect(entry["owner"]).toBe(`${deployment.stackName}/attachment/db`);
      } else {
        expect(entry["owner"]).toBe(`${deployment.stackName}/volume/data`);
      }
    }
    expect(entries[4]).toMatchObject({ fromBytes: 64 * 2 ** 20, toBytes: 96 * 2 ** 20 });
  });

  test("each entry names the hash of the one before it, and the state holds those of the last changes", async () => {
    const lines = await logLines(host);
    const entries = await logEntries(host);
    expect(entries.map(({ prev }) => prev)).toEqual(["0".repeat(64), ...lines.slice(0, -1).map(hashOf)]);
    expect((await outputs("data"))["event"]).toBe(hashOf(lines[5] as string));
    expect((await outputs("db"))["event"]).toBe(hashOf(lines[3] as string));
  });

  test("the host's journal holds a copy of each entry, with its hash", async () => {
    const journal = (
      await shOk(host, "journalctl --sync; journalctl -t pulumi-lvm -o json --output-fields=MESSAGE,PULUMI_LVM_HASH")
    )
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { MESSAGE: string; PULUMI_LVM_HASH: string });
    const copies = new Map(journal.map(({ MESSAGE, PULUMI_LVM_HASH }) => [PULUMI_LVM_HASH, MESSAGE]));
    for (const line of await logLines(host)) expect(copies.get(hashOf(line))).toBe(line);
  });

  test("an up that changes nothing writes nothing", async () => {
    const lines = await logLines(host);
    expect(changesOf(await deployment.up())).toEqual({ same: 6 });
    expect(await logLines(host)).toEqual(lines);
  });

  test("readEvents gives the events to the program, and the program ends", async () => {
    const lines = await logLines(host);
    changesOf(await deployment.up(reading(true)));
    const log = (await deployment.outputs())["log-events"] as EventLog;
    expect(log.host).toBe("node");
    expect(log.events.map(({ hash }) => hash)).toEqual(lines.map(hashOf));
    expect(log.events[3]).toMatchObject({ action: "attach", outcome: "done", microVm: "vm-1", line: 4 });
    expect(log.missingAnchors).toEqual([]);
  });

  test("pulumi-lvm events shows them, all in order", async () => {
    const { stdout, code } = await pulumiLvm(deployment, ["events"]);
    expect(stdout).toMatch(
      /node +4 .* attach +done +fast\/data +vm-1 .*https:\/\/github\.example\/acme\/infra\/actions\/runs\/42/,
    );
    expect(stdout).toContain("node: the log is whole, and has all that the stack's state points to");
    expect(code).toBe(0);
  });

  describe("that was tampered with", () => {
    let lines: string[];
    beforeAll(async () => {
      lines = await logLines(host);
    });
    afterEach(() => writeLog(host, lines));

    const otherVm = (line: string): string => line.replace("vm-1", "vm-2");
    test.each<[string, () => string[], string]>([
      [
        "an edited line",
        () => lines.with(2, otherVm(lines[2] as string)),
        "line 4 (.* attach done fast/data) breaks the chain: it does not name line 3",
      ],
      [
        "a deleted line",
        () => lines.toSpliced(2, 1),
        "line 3 (.* attach done fast/data) breaks the chain: it does not name line 2",
      ],
      [
        "a deleted first line",
        () => lines.slice(1),
        "line 1 (.* create done fast/data) breaks the chain: it names an entry before it, and there is none",
      ],
      [
        "swapped lines",
        () => lines.with(2, lines[3] as string).with(3, lines[2] as string),
        "line 3 (.*) breaks the chain: .* changed places",
      ],
      [
        "an inserted line",
        () => rechained([...lines.slice(0, 4), lines[2] as string]).concat(lines.slice(4)),
        "line 5 (.*) breaks the chain: line 6 names line 4 .* line 5 was put in",
      ],
      [
        "a log written anew, its chain intact",
        () => rechained(lines.map(otherVm)),
        'missing, which made or last changed Attachment "db"',
      ],
      ["a log cut off", () => lines.slice(0, 5), 'missing, which made or last changed Volume "data"'],
      ["a log that was emptied", () => [], 'missing, which made or last changed Volume "data"'],
    ])("%s is found by pulumi-lvm events, which names the place", async (_title, tamper, finding) => {
      await writeLog(host, tamper());
      const { stdout, code } = await pulumiLvm(deployment, ["events"]);
      expect(stdout).toMatch(new RegExp(`node: .*${finding.replaceAll("(", "\\(").replaceAll(")", "\\)")}`));
      expect(stdout).toContain("journalctl -t pulumi-lvm");
      expect(code).toBe(1);
    });

    test("readEvents fails the program, and names the first broken entry, the host and what to do", async () => {
      await writeLog(host, lines.with(2, otherVm(lines[2] as string)));
      const output = refusalOf(await deployment.up(reading(true)));
      expect(output).toMatch(
        /Cannot trust the event log on host "node": line 4 \(.* attach done fast\/data\) breaks the chain/,
      );
      expect(output).toContain("Treat the host as tampered with");
      expect(output).not.toContain("at async");
    });

    test("readEvents with verify: false gives what it found", async () => {
      await writeLog(host, rechained(lines.map(otherVm)).toSpliced(0, 1));
      changesOf(await deployment.up(reading(false)));
      const log = (await deployment.outputs())["log-events"] as EventLog;
      expect(log.broken?.line).toBe(1);
      expect(log.missingAnchors.map(({ resource }) => resource).sort()).toEqual(['Attachment "db"', 'Volume "data"']);
      expect(log.events).toHaveLength(lines.length - 1);
    });

    test("a line that a power failure cut short is reported and accepted, and the log goes on", async () => {
      await shOk(host, 'printf \'{"time":"2026\' >>/var/lib/pulumi-lvm/events.jsonl');
      changesOf(await deployment.up(spec("128MiB")));
      const { stdout, code } = await pulumiLvm(deployment, ["events"]);
      expect(stdout).toContain("node: line 7 was cut short");
      expect(code).toBe(0);
      lines = await logLines(host);
      expect(lines).toHaveLength(9);
    });
  });

  test("detach and delete are announced and ended, and stay in the log", async () => {
    changesOf(await deployment.up(spec("128MiB", { attachments: {} })));
    changesOf(await deployment.up({ ...base, volumes: {}, attachments: {} }));
    const entries = (await logLines(host)).slice(9).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entries.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(
      ["detach", "delete"].flatMap((action) => [`${action} begun`, `${action} done`]),
    );
    for (const entry of entries) expect(entry).toMatchObject({ actor: { stack: deployment.stackName, ci: CI_RUN } });
    expect(entries[1]).toMatchObject({ microVm: "vm-1", owner: `${deployment.stackName}/attachment/db` });
    expect((await pulumiLvm(deployment, ["events"])).code).toBe(0);
  });

  test("destroy leaves nothing behind", async () => {
    changesOf(await deployment.destroy());
    expect(await hostFingerprint(host)).toBe(before);
  });
});
