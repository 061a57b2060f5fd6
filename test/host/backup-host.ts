import { hostFingerprint, type LabHost, resetHost, sh, shOk } from "../lab/index.js";
import { Managed, refTo } from "./managed.js";
import { type Failure, type Printed, printedOf } from "./printed.js";

const PROGRAM = "/usr/local/lib/pulumi-lvm/current/pulumi-lvm-backup";
const FOLDER = "/var/tmp/backup-test";
export const PASSWORD = "sesame-of-the-test";

/** What the command "backup" makes. */
export interface Point {
  readonly id: string;
  readonly number: number;
  readonly time: string;
  readonly sizeBytes: number;
  readonly bytesRead: number;
  readonly bytesSent: number;
  readonly digest: string;
  readonly segments: number;
  readonly changedSegments: number;
  readonly full?: string;
  readonly warnings?: readonly string[];
}

export interface Restored {
  readonly digest: string;
  readonly bytesWritten: number;
}

type Request = Record<string, unknown>;

/** A host with our programs, a volume group and a thin pool, whose volumes are backed up into restic repositories in a folder there. */
export class BackupHost {
  readonly host: LabHost;
  readonly #managed: Managed[] = [];
  #before = "";
  #machineId = "";
  #scratch: { device: string; uuid: string; sizeMiB: number } | undefined;

  constructor(host: LabHost) {
    this.host = host;
  }

  async open(poolSize = "3GiB"): Promise<void> {
    await resetHost(this.host);
    await shOk(this.host, `rm -rf ${FOLDER}; mkdir -p ${FOLDER}`);
    this.#before = await hostFingerprint(this.host);
    this.#machineId = (await shOk(this.host, "cat /etc/machine-id")).trim();
    await this.#up("host", "node", {});
    await this.#up("volumeGroup", "fast", { name: "fast", disks: [this.host.disks[0]] });
    await this.#up("thinPool", "pool", { volumeGroup: "fast", name: "pool", size: poolSize, metadataSize: "16MiB" });
  }

  /** Removes all of it by the resources' own deletes, base snapshots and all, and tells what differs from before; "" when nothing does. */
  async close(): Promise<string> {
    await this.dropScratch();
    for (const each of this.#managed.toReversed()) await each.destroy();
    await shOk(this.host, `rm -rf ${FOLDER}`);
    const after = await hostFingerprint(this.host);
    return after === this.#before ? "" : after;
  }

  /** A volume, active as while it is attached; thin unless told. */
  async volume(name: string, size: string, isThin = true, deletionPolicy = "delete"): Promise<Volume> {
    const pool = isThin ? { pool: "pool", maxOvercommit: 100 } : {};
    const managed = await this.#up("volume", name, {
      volumeGroup: "fast",
      name,
      size,
      deletionPolicy,
      // Schedules of tests are made and broken by hand.
      deleteUnverified: true,
      ...pool,
    });
    await this.sh(`lvchange -ay fast/${name}`);
    return new Volume(this, name, managed);
  }

  /** Changes how many scheduled runs may go at a time. */
  async limitRuns(maxConcurrentRuns: number): Promise<void> {
    const [node] = this.#managed;
    await node?.up({ ...node.inputs, maxConcurrentRuns });
  }

  /** Runs a script on the host that has to succeed. */
  sh(script: string, timeoutMs = 120_000): Promise<string> {
    return shOk(this.host, script, { timeoutMs });
  }

  async run<T>(command: string, request: Request): Promise<Printed<T>> {
    const ended = await sh(this.host, `${PROGRAM} ${command}`, {
      input: JSON.stringify(request),
      timeoutMs: 240_000,
    });
    return printedOf<T>(ended);
  }

  /** Restores a recovery point into a scratch thin volume of the pool, which waits for a restore. */
  async restore(
    volume: Volume,
    recoveryPoint: unknown,
    sizeMiB: number,
    more: Request = {},
  ): Promise<Printed<Restored> & { device: string }> {
    const { device, uuid } = await this.#scratchOf(sizeMiB);
    const request = { ...volume.request, recoveryPoint, device, expectLvUuid: uuid, ...more };
    return { ...(await this.run<Restored>("restore", request)), device };
  }

  async dropScratch(): Promise<void> {
    if (this.#scratch !== undefined) await this.sh("lvremove -q -y fast/scratch");
    this.#scratch = undefined;
  }

  /** What must not be left behind on the host beside the base of a volume; "" when nothing is. */
  leftovers(): Promise<string> {
    return this.sh(`lvs --noheadings -o lv_active,lv_name,lv_tags | grep '^ *active .*backup-of=' || :
lvs --noheadings -o lv_tags | grep backup-of= | sed 's/.*\\(backup-of=[^,]*\\).*/\\1/' | sort | uniq -d
dmsetup status --target thin-pool | awk '$8 != "-" { print "reserved metadata: " $0 }'
grep -l /run/pulumi-lvm /proc/[0-9]*/mounts 2>/dev/null || :
pgrep -a -x restic || :; pgrep -a -f pulumi-lvm/.*/backup || :
ls ${FOLDER}/*/locks/* /var/lib/pulumi-lvm/backups/reserved-* 2>/dev/null || :`);
  }

  async #scratchOf(sizeMiB: number): Promise<{ device: string; uuid: string }> {
    if (this.#scratch?.sizeMiB !== sizeMiB) {
      await this.dropScratch();
      const report = await this.sh(
        `lvcreate -q -y -V ${sizeMiB}M --thinpool pool -n scratch --addtag pulumi-lvm.pending=restore fast >&2; lvs --noheadings -o lv_uuid fast/scratch`,
      );
      this.#scratch = { device: "/dev/fast/scratch", uuid: report.trim(), sizeMiB };
    }
    return this.#scratch;
  }

  /** Another resource on the host, which {@link close} removes. */
  declare(kind: ConstructorParameters<typeof Managed>[0], name: string, inputs: Request): Managed {
    const managed = new Managed(kind, {
      host: refTo(this.host, kind === "host" ? "" : this.#machineId),
      owner: `organization/lab/backup/${kind}/${name}`,
      ...inputs,
    });
    this.#managed.push(managed);
    return managed;
  }

  async #up(kind: ConstructorParameters<typeof Managed>[0], name: string, inputs: Request): Promise<Managed> {
    const managed = this.declare(kind, name, inputs);
    await managed.up();
    return managed;
  }
}

/** A volume whose backups go to a repository of its own. */
export class Volume {
  /** Stays after the volume is gone. */
  readonly id: string;
  readonly #on: BackupHost;
  readonly #name: string;
  readonly #managed: Managed;

  constructor(on: BackupHost, name: string, managed: Managed) {
    this.id = managed.id ?? "";
    this.#on = on;
    this.#name = name;
    this.#managed = managed;
  }

  get device(): string {
    return `/dev/fast/${this.#name}`;
  }

  get repository(): string {
    return `${FOLDER}/repository-${this.#name}`;
  }

  /** What every request has in common. */
  get request(): Request {
    return { repository: { url: this.repository, password: PASSWORD }, target: "s3" };
  }

  /** Folder of the program's state on the host. */
  get state(): string {
    return `/var/lib/pulumi-lvm/backups/${this.id}/s3`;
  }

  /** A path for a copy of the volume that a test keeps aside. */
  copy(label: string | number): string {
    return `${FOLDER}/copy-${this.#name}-${label}`;
  }

  get backupRequest(): Request {
    return {
      ...this.request,
      volume: { id: this.id, name: this.#name },
      identity: { name: this.#name, stack: "organization/lab/backup", host: "node" },
    };
  }

  /** Whatever comes of it. */
  tryBackup(more: Request = {}): Promise<Printed<Point>> {
    return this.#on.run<Point>("backup", { ...this.backupRequest, ...more });
  }

  /**
   * The recovery point of a backup that has to succeed.
   * @throws {Error} With its failure.
   */
  async backup(more: Request = {}): Promise<Point> {
    return succeeded(await this.tryBackup(more));
  }

  /** Writes random bytes; both in KiB. */
  write(startKiB: number, lengthKiB: number): Promise<string> {
    return this.#on.sh(
      `dd if=/dev/urandom of=${this.device} bs=64K oflag=seek_bytes seek=$((${startKiB} * 1024)) iflag=count_bytes count=$((${lengthKiB} * 1024)) conv=fsync,notrunc,nocreat status=none`,
    );
  }

  async grow(size: string): Promise<void> {
    await this.#managed.up({ ...this.#managed.inputs, size });
    await this.#on.sh(`lvchange -ay fast/${this.#name}`);
  }

  destroy(): Promise<void> {
    return this.#managed.destroy();
  }

  /** The program's status file. */
  async status(): Promise<{
    lastAttempt: { isSuccess: boolean; failure?: Failure };
    lastSuccess?: Point;
    lastVerified?: { recoveryPoint: string } | null;
    repository?: { points: number };
    damage?: { recoveryPoints: readonly string[]; failure: Failure } | null;
  }> {
    return JSON.parse(await this.#on.sh(`cat ${this.state}/status.json`));
  }
}

/**
 * The outcome of a command that has to succeed.
 * @throws {Error} With its failure.
 */
export function succeeded<T>({ outcome, failure }: Printed<T>): T {
  if (failure) throw new Error(`${failure.code}: ${failure.summary}: ${failure.detail}\n${failure.next}`);
  if (outcome === undefined) throw new Error("The command did not come to its end in time");
  return outcome;
}
