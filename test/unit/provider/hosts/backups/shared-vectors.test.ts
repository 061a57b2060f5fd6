import { readFileSync } from "node:fs";
import { join } from "node:path";
import { backupRequest, programRequest, targetWord } from "../../../../../provider/hosts/backups/backup-request.js";
import { statusOutcome } from "../../../../../provider/hosts/backups/backup-status.js";
import { chooseRecoveryPoint } from "../../../../../provider/hosts/backups/choose-recovery-point.js";
import { type RecoveryPoint, recoveryPoint } from "../../../../../provider/hosts/backups/recovery-point.js";
import { RUN_KINDS } from "../../../../../provider/hosts/observation/observed-schedule.js";
import { backupScheduleInputs } from "../../../../../provider/model/inputs/backup-schedule.js";
import { recoveryPointChoice } from "../../../../../provider/model/recovery-point-choice.js";
import { decodeTag, encodeTag } from "../../../../../provider/model/tag.js";
import { scheduleDocument } from "../../../../../provider/resources/schedule-document.js";
import { hostRef, sampleInputs } from "../../../../support/samples.js";

// What the backup program on a host and the provider must agree on. The program's own tests read the same files, in
// provider/agent/backup/tests.

const vectors = (name: string) =>
  JSON.parse(readFileSync(join(__dirname, `../../../../vectors/${name}.json`), "utf8")) as unknown;

const VOLUME_ID = "6f1c9a52-3d0b-4f43-9a51-0d3c2b7e8f10";
const target = {
  name: "offsite",
  endpoint: "https://s3.example.com",
  region: "eu-central-1",
  bucket: "backups",
  prefix: "prod",
  accessKeyId: "AKIAEXAMPLE",
  secretAccessKey: "secret/access+key",
  masterKey: Buffer.alloc(32, 7).toString("base64"),
};

describe("tags", () => {
  test.each(vectors("tags") as { case: string; text: string; encoded: string }[])("$case", ({ text, encoded }) => {
    expect(encodeTag(text)).toBe(encoded);
    expect(decodeTag(encoded)).toBe(text);
  });
});

describe("requests", () => {
  const { backup, schedule, targetWords } = vectors("requests") as {
    backup: unknown;
    schedule: { schedule: string };
    targetWords: Record<string, string>;
  };

  test("a backup is asked for by the members that the program reads", () => {
    const call = backupRequest({
      volumeId: VOLUME_ID,
      volumeName: "data",
      host: { name: "db1" },
      stack: "organization/project/dev",
      deadlineSeconds: 86_400,
      quiesced: true,
      uploadKiBps: 2048,
    });
    expect(JSON.parse(programRequest(target, VOLUME_ID, call))).toEqual(backup);
  });

  test("a schedule's document has the members that its runs read, and the host adds its id", () => {
    const document = scheduleDocument(
      backupScheduleInputs.parse({
        host: hostRef,
        owner: "organization/project/dev/backupSchedule/nightly:data:offsite",
        ...sampleInputs.backupSchedule,
        target,
        volumeId: VOLUME_ID,
        volumeName: "data",
        timeZone: "Europe/Berlin",
        retention: { last: 3, daily: 7, within: "2d" },
        verification: { afterBackup: true, readDataSubset: { withinDays: 30 } },
        hooks: { before: { command: "freeze", timeout: "30s" }, after: { command: "thaw" } },
      }),
    );
    expect({ ...JSON.parse(document), schedule: schedule.schedule }).toEqual(schedule);
  });

  test.each(Object.entries(targetWords))("the target %j is the word %j on a host", (name, word) => {
    expect(targetWord(name)).toBe(word);
  });
});

describe("the kinds of scheduled runs", () => {
  test("are the same on a host and here", () => {
    expect(RUN_KINDS).toEqual(vectors("run-kinds"));
  });
});

describe("a recovery point", () => {
  test("has the members that the program writes", () => {
    const { number: _number, ...expected } = vectors("recovery-point") as RecoveryPoint & { number: number };
    expect(recoveryPoint.parse(vectors("recovery-point"))).toEqual(expected);
  });

  const { points, choices } = vectors("recovery-point-choices") as {
    points: Pick<RecoveryPoint, "id" | "time" | "verified">[];
    choices: { choice: unknown; chosen: string | null }[];
  };
  test.each(choices)("chosen by $choice is $chosen", ({ choice, chosen }) => {
    const some = points.map((each) => ({ ...(vectors("recovery-point") as RecoveryPoint), ...each }));
    expect(chooseRecoveryPoint(some, recoveryPointChoice.parse(choice))?.id ?? null).toBe(chosen);
  });
});

describe("a status", () => {
  const status = statusOutcome.parse(vectors("status"));

  test("of backups is read member by member", () => {
    const [found] = status.backups;
    expect(found?.policy).toMatchObject({ name: "nightly", maxAgeSeconds: 90_000, since: "2026-02-01T00:00:00Z" });
    expect(found?.running).toEqual({ kind: "drill", since: "2026-03-01T12:40:00Z" });
    expect(found?.lastAttempt).toMatchObject({ isSuccess: false, warnings: ["the heartbeat did not arrive"] });
    expect(found?.lastAttempt?.failure).toEqual({
      code: "full",
      summary: 'Cannot take a snapshot of "fast/data"',
      detail: "its data is 97.00 % full",
      next: "Grow the pool",
    });
    expect(found?.lastSuccess).toMatchObject({
      time: "2026-02-28T12:00:02Z",
      sizeBytes: 2 ** 40,
      bytesRead: 4_194_304,
    });
    expect(found?.lastVerified).toMatchObject({ pointTime: "2026-02-28T12:00:02Z" });
    expect(found?.lastDrillSuccess).toMatchObject({ fileSystem: "ext4", bytesWritten: 8_388_608 });
    expect(found?.lastRetention).toMatchObject({ removed: ["a", "b"], kept: 9 });
    expect(found?.lastPrune).toBeUndefined();
  });

  test("of timers and pools is read too", () => {
    expect(status.schedules[0]?.timers.map(({ isActive, nextRun }) => [isActive, nextRun])).toEqual([
      [true, "2026-03-02T00:00:00Z"],
      [false, undefined],
    ]);
    expect(status.pools[0]).toMatchObject({ pool: "pool", usedBytes: 2 * 2 ** 30, metadataPercent: 10.5 });
  });
});
