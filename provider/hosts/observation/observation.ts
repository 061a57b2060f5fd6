import { basename, dirname, join } from "node:path";
import type { z } from "zod";
import { ReportError } from "../errors.js";
import type { Section } from "../script/script.js";
import {
  type BlockDevice,
  fullReport,
  type LogicalVolume,
  lsblkReport,
  type PhysicalVolume,
  type VolumeGroupReport,
} from "./lvm-report.js";
import type { MissingCommand, OutdatedProgram } from "./missing-command.js";
import { type ObservedSchedule, readSchedules } from "./observed-schedule.js";

/** What a host notes of a Host resource that uses it. */
interface Registration {
  readonly owner: string;
  /** Digest of the programs that it installed. */
  readonly digest: string;
}

/** A host as it was at one moment. */
export interface Observation {
  readonly machineId: string;
  readonly volumeGroups: readonly VolumeGroupReport[];
  readonly physicalVolumes: readonly PhysicalVolume[];
  readonly logicalVolumes: readonly LogicalVolume[];
  /** Every block device, children included. */
  readonly disks: readonly BlockDevice[];
  /**
   * What lies on disks of which `disks` says nothing, such as two signatures that contradict each other: words of wipefs(8), by name. Not
   * known, and empty, right after a change.
   */
  readonly signatures: ReadonlyMap<string, readonly string[]>;
  /** Links below /dev/disk, each with the kernel's name of its device. */
  readonly links: ReadonlyMap<string, string>;
  /** What installs packages there, such as `apt-get install`; "" when that is not known. */
  readonly installCommand: string;
  /** Commands that the host lacks, each with the package that brings it there. */
  readonly missing: readonly MissingCommand[];
  /** Programs that are too old; not known, and empty, right after a change. */
  readonly outdated: readonly OutdatedProgram[];
  /** The Host resources that use this host, by the identity of each. */
  readonly owners: ReadonlyMap<string, Registration>;
  /** How many scheduled runs may go there at a time, by the identity of the Host resource that says so. */
  readonly runLimits: ReadonlyMap<string, number>;
  /** Digests of the installed program sets. */
  readonly programs: readonly string[];
  /** Schedules of backups by id. */
  readonly schedules: ReadonlyMap<string, ObservedSchedule>;
}

/** A report in JSON; `none` when the section is empty, because its program is not there. */
function parseReport<T>(host: string, title: string, { stdout }: Section, schema: z.ZodType<T>, none: T): T {
  const text = stdout.trim();
  if (text === "") return none;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new ReportError(host, `${title} is not JSON: ${text.slice(0, 200)}`, { cause: error });
  }
  const { data, error } = schema.safeParse(parsed);
  if (error !== undefined) throw new ReportError(host, `${title} does not fit: ${error.message}`, { cause: error });
  return data as T;
}

const flatten = (devices: readonly BlockDevice[]): BlockDevice[] =>
  devices.flatMap((device) => [device, ...flatten(device.children ?? [])]);

const lines = (text: string | undefined): string[] => (text ?? "").split("\n").filter((line) => line !== "");

/** Lines of two words each, gathered by the first of them. */
function wordsByFirst(rows: readonly string[]): Map<string, string[]> {
  const words = new Map<string, string[]>();
  for (const row of rows) {
    const [first = "", second = ""] = row.split(" ");
    words.set(first, [...(words.get(first) ?? []), second]);
  }
  return words;
}

/**
 * Reads the sections that observe.sh prints.
 * @throws {ReportError} If one is missing or does not fit.
 */
export function readObservation(host: string, sections: readonly Section[]): Observation {
  const find = (label: string): Section => {
    const section = sections.find((candidate) => candidate.label === label);
    if (section === undefined) throw new ReportError(host, `the section "${label}" is missing`);
    return section;
  };
  const { report } = parseReport(host, "the report of LVM", find("lvm"), fullReport, { report: [] });
  const disks = parseReport(host, "the report of lsblk", find("disks"), lsblkReport, { blockdevices: [] });
  return {
    machineId: find("machine").stdout.trim(),
    volumeGroups: report.flatMap(({ vg }) => vg),
    physicalVolumes: report.flatMap(({ pv }) => pv),
    logicalVolumes: report.flatMap(({ vg, lv, seg }) => {
      const segments = new Map(seg.map((each) => [each.lv_uuid, each]));
      return lv.map((each) => {
        const segment = segments.get(each.lv_uuid);
        return {
          ...each,
          vg_name: vg[0]?.vg_name ?? "",
          chunk_size: segment?.chunk_size,
          zero: segment?.zero ?? false,
        };
      });
    }),
    disks: flatten(disks.blockdevices),
    signatures: wordsByFirst(lines(sections.find(({ label }) => label === "signatures")?.stdout)),
    links: new Map(
      lines(find("links").stdout).map((line): [string, string] => {
        const [link = "", target = ""] = line.split(" ");
        return [link, join(dirname(link), target)];
      }),
    ),
    installCommand: find("install").stdout.trim(),
    missing: lines(find("missing").stdout).map((line) => {
      const [command = "", name = ""] = line.split(" ");
      return { command, package: name };
    }),
    outdated: lines(sections.find(({ label }) => label === "outdated")?.stdout).map((line) => {
      const [name = "", version = "", lowest = ""] = line.split(" ");
      return { name, version, lowest };
    }),
    owners: new Map(
      lines(find("owners").stdout).map((line): [string, Registration] => {
        const [, file = "", digest = "", owner = ""] = /^([^:]*):(\S*) (.*)$/s.exec(line) ?? [];
        return [basename(file), { owner, digest }];
      }),
    ),
    runLimits: new Map(
      lines(find("run limits").stdout).map((line): [string, number] => {
        const [, file = "", limit = ""] = /^([^:]*):(.*)$/s.exec(line) ?? [];
        return [basename(file), Number(limit) || 0];
      }),
    ),
    programs: lines(find("programs").stdout),
    schedules: readSchedules(find("schedules").stdout),
  };
}
