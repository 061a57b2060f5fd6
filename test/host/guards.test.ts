import { closeChannels } from "../../provider/hosts/channels.js";
import { type LabHost, labHosts, sh } from "../lab/index.js";
import { Hold, until } from "../support/hold.js";
import { BackupHost, type Restored } from "./backup-host.js";

const [host] = labHosts() as [LabHost];
const on = new BackupHost(host);

beforeAll(() => on.open("256MiB"));
afterAll(closeChannels);

const tagsOf = (volume: string) => on.sh(`lvs --noheadings -o lv_tags fast/${volume}`);
/** Whether a process waits for a lock. */
const isWaiting = async () => (await sh(host, "grep -q -e '->' /proc/locks")).code === 0;

const attachmentOf = (volumeId: string, volumeName: string) =>
  on.declare("attachment", `of-${volumeName}`, {
    volumeId,
    volumeGroup: "fast",
    volumeName,
    microVm: `vm-${volumeName}`,
    driveId: volumeName,
  });

describe("the reaper", () => {
  const YEAR = 366 * 86_400;
  // systemd starts a unit five times in ten seconds and refuses the sixth: on a quick machine these tests come that far.
  const reap = () =>
    on.sh("systemctl reset-failed pulumi-lvm-reap.service || :; systemctl start pulumi-lvm-reap.service");
  const setClock = (aheadSeconds: number) =>
    on.sh(`date -s @${Math.floor(Date.now() / 1000) + aheadSeconds} >/dev/null`);
  const tombstones = async () =>
    (await on.sh("lvs --noheadings -o lv_name fast")).split("\n").filter((name) => name.includes(".deleted.")).length;
  const refusals = () => on.sh(`grep -c '"action":"reap","outcome":"refused"' /var/lib/pulumi-lvm/events.jsonl || :`);

  beforeAll(async () => {
    await (await on.volume("old", "16MiB", true, "tombstone")).destroy();
    await reap();
  });
  afterAll(() => setClock(0));

  test("notes when a volume was deleted", async () => {
    const tags = await on.sh("lvs --noheadings -o lv_tags fast | grep reap-after=");
    const [deleted, deadline] = ["deleted", "reap-after"].map((key) =>
      Number(new RegExp(`pulumi-lvm\\.${key}=(\\d+)`).exec(tags)?.[1]),
    );
    expect(Number(deadline) - Number(deleted)).toBe(7 * 86_400);
  });

  test("does not believe a clock past a volume's time in its first run ever: the newest event before that tells the time", async () => {
    await on.sh("rm /var/lib/pulumi-lvm/clock");
    await setClock(YEAR);
    await reap();
    await reap();
    expect(await tombstones()).toBe(1);
    expect(await refusals()).toBe("1\n");
  });

  test("nor does it after the clock was put right; that volume is simply not due", async () => {
    await setClock(0);
    await reap();
    expect(await tombstones()).toBe(1);
    expect(await refusals()).toBe("1\n");
  });

  test("does not believe a clock that has jumped: the volume stays, and the journal and the log say why, the log once", async () => {
    await setClock(YEAR);
    await reap();
    await reap();
    expect(await tombstones()).toBe(1);
    expect(await refusals()).toBe("2\n");
    expect(await on.sh("journalctl -q -u pulumi-lvm-reap.service -o cat")).toMatch(
      /No deleted volume is removed: the clock says \S+ and is believed up to \S+\. A time server/,
    );
  });

  test("believes a time server, and removes what is due", async () => {
    // What every time service tells the kernel: the greatest error, and that it is synchronized (adjtimex(2)).
    await on.sh(`python3 -c '
import ctypes, struct
clock = bytearray(208)
struct.pack_into("I", clock, 0, 0x0004 | 0x0010)
assert ctypes.CDLL(None).adjtimex((ctypes.c_char * 208).from_buffer(clock)) >= 0
'`);
    await reap();
    expect(await tombstones()).toBe(0);
  });
});

describe("between the check of a file system and its growing", () => {
  test("nobody gets the volume", async () => {
    const inputs = { volumeGroup: "fast", pool: "pool", name: "grown", fileSystem: "ext4", deletionPolicy: "delete" };
    const grown = on.declare("volume", "grown", { ...inputs, size: "16MiB" });
    await grown.up();
    const attachment = attachmentOf(grown.id as string, "grown");
    const hold = await Hold.on(host, "systemd-run", "resize2fs");
    const growing = grown.up({ ...grown.inputs, size: "32MiB" });
    try {
      await hold.reached();
      await expect(attachment.up()).rejects.toThrow(
        'volume "fast/grown" is not finished: its resize is still due or under way',
      );
      expect(await tagsOf("grown")).not.toContain("pulumi-lvm.attachment");
    } finally {
      await hold.release();
    }
    await growing;
    await attachment.up();
    expect(await tagsOf("grown")).toContain("pulumi-lvm.attachment");
  });
});

describe("a restore", () => {
  test("discards no volume that does not wait for one", async () => {
    const source = await on.volume("source", "16MiB");
    const kept = await on.volume("kept", "16MiB");
    await source.write(0, 64);
    await source.backup();
    await kept.write(0, 64);
    const [uuid, digest] = (
      await on.sh(`lvs --noheadings -o lv_uuid fast/kept; sha256sum <${kept.device}; lvchange -an fast/kept`)
    )
      .split("\n")
      .map((line) => line.trim());
    const request = { ...source.request, recoveryPoint: "latest", device: kept.device, expectLvUuid: uuid };
    expect((await on.run<Restored>("restore", request)).failure).toMatchObject({
      code: "device",
      detail: "it does not wait for a restore: what it holds would be lost",
    });
    expect((await on.sh(`lvchange -ay fast/kept; sha256sum <${kept.device}`)).trim()).toBe(digest);
  });
});

describe("a backup that switches its volume off again", () => {
  test("leaves it active when somebody has got it meanwhile", async () => {
    const linear = await on.volume("linear", "16MiB", false);
    const attachment = attachmentOf(linear.id, "linear");
    await on.sh("lvchange -an fast/linear");
    const hold = await Hold.on(host, "lvchange", "-an fast/linear");
    const backup = linear.backup();
    let isAttached = false;
    let attaching: Promise<void> | undefined;
    try {
      await hold.reached();
      attaching = attachment.up().then(() => {
        isAttached = true;
      });
      await until("it is attached, or waits for the host's lock", async () => isAttached || (await isWaiting()));
    } finally {
      await hold.release();
    }
    await backup;
    await attaching;
    expect((await on.sh("lvs --noheadings -o lv_active fast/linear")).trim()).toBe("active");
  });
});

describe("the last stack that leaves", () => {
  test("leaves the lock to whoever waits for it, and nothing else", async () => {
    const hold = await Hold.on(host, "systemctl", "daemon-reload");
    const closing = on.close();
    try {
      await hold.reached();
      await on.sh(
        "touch /run/lab-waits; systemd-run --quiet --unit=lab-waiter flock /run/pulumi-lvm/lock sh -c 'rm /run/lab-waits; sleep infinity'",
      );
      await until("it waits for the lock", isWaiting);
    } finally {
      await hold.release();
    }
    try {
      expect(await closing).toBe("");
      await until("it has the lock", async () => (await sh(host, "test -e /run/lab-waits")).code !== 0);
      // As every script of ours does it.
      expect((await sh(host, "mkdir -p /run/pulumi-lvm; flock -n /run/pulumi-lvm/lock true")).code).toBe(1);
    } finally {
      await on.sh("systemctl stop lab-waiter");
    }
  });
});
