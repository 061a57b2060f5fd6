import type { LabHost } from "../lab/index.js";
import { sh, shOk } from "../lab/index.js";
import { type BackupHost, PASSWORD, type Point, type Volume } from "./backup-host.js";
import type { Failure } from "./printed.js";
import { scheduleDocument } from "./schedule-document.js";

/** A hook, timeoutSeconds 30 unless told. */
export interface Hook {
  readonly command: string;
  readonly timeoutSeconds?: number;
}

/** What tests put into a schedule document beside what every one has. */
export interface DocumentChanges {
  readonly hooks?: Partial<Record<"before" | "after" | "onFailure", Hook>>;
  readonly maxFreezeSeconds?: number;
  readonly [member: string]: unknown;
}

interface Attempt {
  readonly time: string;
  readonly isSuccess: boolean;
  readonly durationSeconds: number;
  readonly failure?: Failure;
  readonly warnings?: readonly string[];
}

/** The program's status file, as far as scheduled runs are in it. */
export interface ScheduledStatus {
  readonly policy: { readonly name: string; readonly maxAgeSeconds: number; readonly since: string };
  readonly running: { readonly kind: string; readonly bootId: string } | null;
  readonly waiting?: { readonly kind: string; readonly schedule: string } | null;
  readonly lastAttempt?: Attempt;
  readonly lastSuccess?: Point & { readonly quiesced: boolean };
  readonly lastVerified?: { readonly pointTime: string } | null;
}

/** A schedule document on a host, and what systemd does with it. The timer is left to those who test it. */
export class Schedule {
  readonly volume: Volume;
  readonly #on: BackupHost;
  readonly #id: string;

  constructor(on: BackupHost, volume: Volume, id: string) {
    this.#on = on;
    this.volume = volume;
    this.#id = id;
  }

  get id(): string {
    return this.#id;
  }

  unit(kind = "backup"): string {
    return `pulumi-lvm-${kind}@${this.#id}`;
  }

  get file(): string {
    return `/etc/pulumi-lvm/schedules/${this.#id}.json`;
  }

  async install({ hooks = {}, maxFreezeSeconds, ...changes }: DocumentChanges = {}): Promise<void> {
    const document = scheduleDocument(this.volume, {
      limits: { deadlineSeconds: 300, waitSeconds: 60 },
      schedule: this.#id,
      policy: { name: "hourly", maxAgeSeconds: 3600 },
      timeZone: "Europe/Berlin",
      verification: { afterBackup: false },
      hooks: {
        ...Object.fromEntries(
          Object.entries(hooks).map(([name, hook]) => [name, { timeoutSeconds: 30, ...(hook as Hook) }]),
        ),
        maxFreezeSeconds,
      },
      ...changes,
    });
    await this.#on.sh(`mkdir -p -m 700 ${this.file.replace(/\/[^/]*$/, "")}
(umask 077; cat >${this.file}) <<'END'\n${JSON.stringify(document)}\nEND`);
  }

  /** Starts a service of the schedule and waits for its end. Whether it succeeded. */
  async start(kind = "backup"): Promise<boolean> {
    const { code } = await sh(this.#on.host, `systemctl start ${this.unit(kind)}.service`, { timeoutMs: 240_000 });
    return code === 0;
  }

  /** Starts the backup and does not wait for it. */
  startInBackground(): Promise<string> {
    return this.#on.sh(`systemctl start --no-block ${this.unit()}.service`);
  }

  async isRunning(): Promise<boolean> {
    const { code } = await sh(
      this.#on.host,
      `systemctl show -p ActiveState ${this.unit()}.service | grep -q -x -e ActiveState=activating -e ActiveState=deactivating`,
    );
    return code === 0;
  }

  async status(): Promise<ScheduledStatus> {
    return JSON.parse(await this.#on.sh(`cat ${this.volume.state}/status.json`));
  }

  /** Value of a metric of the volume's backups; undefined when there is none. */
  async metric(name: string): Promise<number | undefined> {
    const text = await this.#on.sh(`cat /var/lib/pulumi-lvm/metrics/pulumi_lvm_backup_${this.volume.id}_s3.prom`);
    const [, value] = text.match(new RegExp(`^pulumi_lvm_backup_${name}\\{.*\\} (.*)$`, "m")) ?? [];
    return value === undefined ? undefined : Number(value);
  }

  /** The last entry of the journal with an outcome of this volume's backups: its fields, by their names. */
  async lastEntry(): Promise<Readonly<Record<string, string>>> {
    const text = await this.#on.sh(
      `journalctl -q -o json -n 1 SYSLOG_IDENTIFIER=pulumi-lvm PULUMI_LVM_VOLUME=${this.volume.id} PULUMI_LVM_OUTCOME=success + SYSLOG_IDENTIFIER=pulumi-lvm PULUMI_LVM_VOLUME=${this.volume.id} PULUMI_LVM_OUTCOME=failure`,
    );
    return JSON.parse(text);
  }
}

/** Where secrets must not be: the journal, the status, the metrics, arguments and environments of hooks, and the output of `status`. */
export async function placesOfSecrets(host: LabHost, secrets: readonly string[]): Promise<string> {
  const patterns = [PASSWORD, ...secrets].map((secret) => `-e '${secret}'`).join(" ");
  return shOk(
    host,
    `journalctl -q -o export -b --no-pager | grep -a -c -F ${patterns} | sed '/^0$/d;s/^/journal: /'
grep -l -r -F ${patterns} /var/lib/pulumi-lvm --include=*.json --include=*.prom --include=*.jsonl || :
echo '{}' | /usr/local/lib/pulumi-lvm/current/pulumi-lvm-backup status | grep -F ${patterns} || :
ps -e -o args | grep -F ${patterns} | grep -v -F grep || :
for shell in $(pgrep -x sleep); do tr '\\0' '\\n' </proc/$shell/environ | grep -F ${patterns} || :; done`,
  );
}
