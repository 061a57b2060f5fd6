import { parseStackState } from "../../../../cli/stack/stack-state.js";
import { hostRef, sampleInputs } from "../../../support/samples.js";
import { exported, stateHost, stateResource } from "./state.js";

const VOLUME = {
  volumeId: "407d3f82-0bda-4914-a997-6788301d5b5d",
  volumeGroup: "fast",
  name: "data-lv",
  event: "a".repeat(64),
};
const ATTACHMENT = { attachmentId: "117ea3a1-0a5a-4784-8373-a253edab0485", event: "b".repeat(64) };
const POOL = { uuid: "NUysqE-Zp64-Uw0n-BUhe-Q3al-j7Y7-dqU7QK" };
const other = { ...hostRef, name: "web1", machineId: "f".repeat(32) };
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

describe("parseStackState", () => {
  test("finds a host with the machine that it was made on, and the events that its resources point to", () => {
    const state = parseStackState(
      exported(
        stateHost(),
        stateResource("Volume", "data", VOLUME),
        stateResource("Attachment", "db-data", ATTACHMENT),
      ),
    );
    expect(state.hosts).toEqual([
      {
        ...hostRef,
        anchors: [
          { hash: "a".repeat(64), resource: 'Volume "data"' },
          { hash: "b".repeat(64), resource: 'Attachment "db-data"' },
        ],
      },
    ]);
    expect(state.volumes).toEqual([
      { resource: "data", volumeId: VOLUME.volumeId, logicalVolume: "fast/data-lv", host: hostRef },
    ]);
  });

  describe("backups", () => {
    const { target } = sampleInputs.backup as { target: object };
    const backup = { ...VOLUME, volumeName: "data-lv", target };
    const policy = { policy: "nightly", schedule: "daily", heartbeatUrl: { ...SECRET, plaintext: '"https://hc"' } };
    const schedule = (name: string, more: object = {}) => ({
      ...stateResource("BackupSchedule", name, { ...backup, ...policy, ...more }),
      id: `id-of-${name}`,
    });

    test("are those of Backups and of policies, each volume and target once", () => {
      const nearby = { ...backup, target: { ...target, name: "nearby" } };
      const { backups } = parseStackState(
        exported(
          stateResource("Volume", "data", VOLUME),
          stateResource("Backup", "now", backup),
          stateResource("Backup", "near", nearby),
          schedule("nightly-data"),
        ),
      );
      expect(backups.map((each) => [each.resource, each.target.name])).toEqual([
        ["data", "offsite"],
        ["data", "nearby"],
      ]);
    });

    test("under a policy have its age, deadline and retention, as the program or the schedule says", () => {
      const retention = { daily: 7, within: "2w", prune: "weekly" };
      const { schedules, hosts } = parseStackState(
        exported(
          schedule("a"),
          schedule("b", { maxAge: "2d", jitter: "1h", deadline: "6h", retention, timeZone: "Europe/Berlin" }),
        ),
      );
      expect(schedules).toMatchObject([
        {
          id: "id-of-a",
          resource: "data-lv",
          policy: "nightly",
          maxAgeSeconds: expect.any(Number),
          deadlineSeconds: 86_400,
          timeZone: "UTC",
        },
        {
          id: "id-of-b",
          maxAgeSeconds: 172_800,
          deadlineSeconds: 21_600,
          timeZone: "Europe/Berlin",
          retention: { daily: 7, withinSeconds: 1_209_600 },
        },
      ]);
      expect(schedules[0]?.maxAgeSeconds).toBeGreaterThan(86_400);
      expect(schedules[0]?.retention).toBeUndefined();
      expect(hosts.map(({ name }) => name)).toEqual(["db1"]);
    });
  });

  test("knows the stack, its volumes, attachments, snapshots, pools and groups", () => {
    const { known } = parseStackState(
      exported(
        stateHost(),
        stateResource("VolumeGroup", "fast", { uuid: "uuid-of-fast" }),
        stateResource("ThinPool", "pool", POOL),
        stateResource("Volume", "data", VOLUME),
        stateResource("Attachment", "db-data", ATTACHMENT),
        stateResource("Snapshot", "before", { snapshotId: "3c1b" }),
      ),
    );
    expect(known).toEqual({
      stack: "acme/infra/prod",
      volumes: new Set([VOLUME.volumeId]),
      attachments: new Set([ATTACHMENT.attachmentId]),
      snapshots: new Set(["3c1b"]),
      pools: new Set([POOL.uuid]),
      volumeGroups: new Set(["uuid-of-fast"]),
    });
  });

  test("knows what the program says of its pools, and the defaults of what it does not say", () => {
    const loose = { ...POOL, uuid: "uuid-of-loose", maxOvercommit: 3, allowUnzeroedChunks: true };
    const { pools } = parseStackState(
      exported(stateHost(), stateResource("ThinPool", "pool", POOL), stateResource("ThinPool", "loose", loose)),
    );
    expect(pools.get(POOL.uuid)).toMatchObject({ maxOvercommit: 1, allowUnzeroedChunks: false });
    expect(pools.get("uuid-of-loose")).toMatchObject({ maxOvercommit: 3, allowUnzeroedChunks: true });
  });

  test("keeps the events of two hosts apart", () => {
    const { hosts } = parseStackState(
      exported(stateHost(), stateHost(other), stateResource("Volume", "site", VOLUME, other)),
    );
    expect(hosts.map(({ name, anchors }) => [name, anchors.length])).toEqual([
      ["db1", 0],
      ["web1", 1],
    ]);
  });

  test("finds a host of another stack by what is on it", () => {
    const { hosts } = parseStackState(exported(stateResource("Attachment", "db-data", ATTACHMENT, other)));
    expect(hosts.map(({ name, machineId }) => [name, machineId])).toEqual([["web1", other.machineId]]);
  });

  test("takes the connection of the Host when an older one stands with a volume", () => {
    const moved = { ...hostRef, connection: { ...hostRef.connection, address: "192.0.2.7" } };
    const { hosts } = parseStackState(exported(stateResource("Volume", "data", VOLUME), stateHost(moved)));
    expect(hosts.map(({ connection }) => connection.address)).toEqual(["192.0.2.7"]);
  });

  test("leaves out resources of others, and events that were never made", () => {
    const bucket = {
      urn: "urn:pulumi:prod::infra::aws:s3:Bucket::backups",
      type: "aws:s3:Bucket",
      outputs: { host: 1 },
    };
    const { hosts, volumes } = parseStackState(
      exported(bucket, stateHost(), stateResource("Volume", "data", { ...VOLUME, event: "" })),
    );
    expect(hosts.map(({ anchors }) => anchors)).toEqual([[]]);
    expect(volumes).toHaveLength(1);
  });

  test.each<[string, string]>([
    ["nothing of ours", exported()],
    ["a stack that was never deployed", JSON.stringify({ version: 3, deployment: { manifest: {} } })],
    ["no deployment", JSON.stringify({ version: 3, deployment: null })],
  ])("finds nothing in a state with %s", (_title, text) => {
    expect(parseStackState(text)).toMatchObject({ hosts: [], volumes: [] });
  });

  test.each<[string, unknown]>([
    [
      "a connection that is a secret",
      { ...SECRET, plaintext: JSON.stringify({ ...hostRef.connection, password: "pw" }) },
    ],
    ["a secret inside of a connection", { ...hostRef.connection, password: { ...SECRET, plaintext: '"pw"' } }],
  ])("reads %s", (_title, connection) => {
    const resource = stateHost({ ...hostRef, connection: connection as typeof hostRef.connection });
    expect(parseStackState(exported(resource)).hosts[0]?.connection.password).toBe("pw");
  });

  test("reads a schedule whose last run is over as any other", () => {
    const { target } = sampleInputs.backup as { target: object };
    const past = { ...VOLUME, volumeName: "data-lv", target, policy: "nightly", schedule: "2026-01-* 02:00" };
    const { schedules, backups, unread } = parseStackState(exported(stateResource("BackupSchedule", "past", past)));
    expect(schedules).toMatchObject([{ schedule: "2026-01-* 02:00", maxAgeSeconds: 95_040 }]);
    expect(backups).toHaveLength(1);
    expect(unread).toEqual([]);
  });

  test("reads a state of a later release, which says more and has other rules", () => {
    const connection = { ...hostRef.connection, proxy: "socks", address: "host name" };
    const { hosts, unread } = parseStackState(exported(stateHost({ ...hostRef, connection })));
    expect(hosts.map((host) => host.connection.address)).toEqual(["host name"]);
    expect(unread).toEqual([]);
  });

  describe("a resource that cannot be read", () => {
    const broken = { ...hostRef, connection: { ...hostRef.connection, port: "hunter2" as never } };
    const NEXT = "Use the release of pulumi-lvm that the program uses; if this is it, run pulumi up first";

    test("is told in words that hold no secret, and keeps no other from being read", () => {
      const { hosts, volumes, unread } = parseStackState(
        exported(stateHost(other), stateHost(broken), stateResource("Volume", "data", VOLUME, other)),
      );
      expect(hosts.map(({ name }) => name)).toEqual(["web1"]);
      expect(volumes.map(({ resource }) => resource)).toEqual(["data"]);
      expect(unread).toEqual([
        {
          kind: "Host",
          resource: "db1",
          host: "db1",
          problem: {
            summary: `Cannot read Host "db1" of the stack's state`,
            detail: expect.stringMatching(/^host\.connection\.port: /),
            next: NEXT,
          },
        },
      ]);
      expect(JSON.stringify(unread)).not.toContain("hunter2");
    });

    test("is a schedule with a text that is none, and one that lacks what it is about", () => {
      const { target } = sampleInputs.backup as { target: object };
      const schedule = { ...VOLUME, volumeName: "data-lv", target, policy: "nightly", schedule: "daily" };
      const { schedules, unread } = parseStackState(
        exported(
          stateResource("BackupSchedule", "good", schedule),
          stateResource("BackupSchedule", "odd", { ...schedule, schedule: "at dawn" }),
          stateResource("BackupSchedule", "bare", { policy: "nightly" }),
          stateResource("BackupSchedule", "slow", { ...schedule, deadline: "soon" }),
        ),
      );
      expect(schedules).toHaveLength(1);
      expect(unread.map(({ resource }) => resource)).toEqual(["odd", "bare", "slow"]);
      expect(unread[0]?.problem.detail).toContain("schedule: Cannot use schedule");
    });

    test("is known by its id all the same, so that it does not pass for an orphan", () => {
      const { known, unread } = parseStackState(exported(stateResource("Volume", "data", VOLUME, broken)));
      expect(known).toMatchObject({ stack: "acme/infra/prod", volumes: new Set([VOLUME.volumeId]) });
      expect(unread).toMatchObject([{ kind: "Volume", resource: "data", host: "db1" }]);
    });

    test("is one with a secret that was not decrypted", () => {
      const resource = stateHost({ ...hostRef, connection: { ...SECRET, ciphertext: "v1:…" } as never });
      expect(parseStackState(exported(resource)).unread[0]?.problem.detail).toContain("host.connection");
    });
  });
});
