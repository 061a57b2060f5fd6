import { z } from "zod";

const UNITS = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40, PiB: 2 ** 50 } as const;
type Unit = keyof typeof UNITS;

/** Bytes of a sector: LVM takes whole ones only ("Size is not a multiple of 512"). */
const SECTOR_BYTES = 512;

/** The smallest size of a volume or a pool. */
const MIN_BYTES = UNITS.MiB;

/**
 * Reads a size such as `"20GiB"` or `"1.5 TiB"`.
 * Units are binary and written out, because LVM reads a bare `G` as GiB and `lvcreate -L 1g` and `1G` have meant different things.
 * @param minBytes The smallest size that is allowed, in bytes. Default 1 MiB.
 * @returns Bytes, a safe integer.
 * @throws {RangeError} If the text is no size, is not a whole number of sectors, or is out of range.
 */
export function parseSize(value: string | number, minBytes: number = MIN_BYTES): number {
  const text = typeof value === "number" ? `${value}B` : value;
  const match = /^(?<amount>\d{1,16}(?:\.\d{1,6})?) ?(?<unit>B|KiB|MiB|GiB|TiB|PiB)$/.exec(text);
  if (!match?.groups) {
    throw new RangeError(`Cannot read size ${JSON.stringify(value)}: ${hint(text)}`);
  }
  const bytes = Number(match.groups["amount"]) * UNITS[match.groups["unit"] as Unit];
  if (bytes > Number.MAX_SAFE_INTEGER) {
    throw new RangeError(`Cannot use size ${JSON.stringify(value)}: it must be below 8 PiB`);
  }
  if (!Number.isInteger(bytes)) {
    throw new RangeError(
      `Cannot use size ${JSON.stringify(value)}: it is no whole number of bytes; near it are ${wholeUnitsAround(bytes)}`,
    );
  }
  if (bytes < minBytes) {
    throw new RangeError(`Cannot use size ${JSON.stringify(value)}: the smallest is ${formatSize(minBytes)}`);
  }
  if (bytes % SECTOR_BYTES !== 0) {
    const below = bytes - (bytes % SECTOR_BYTES);
    throw new RangeError(
      `Cannot use size ${JSON.stringify(value)}: it must be a multiple of 512 bytes (LVM's rule), such as ${below}B or ${below + SECTOR_BYTES}B`,
    );
  }
  return bytes;
}

/** What to write in place of a text that is no size. */
function hint(text: string): string {
  const [, amount, letter, rest] = /^(\d+(?:\.\d+)?) ?([KMGTP])(i?B)?$/i.exec(text) ?? [];
  if (amount === undefined || letter === undefined) return 'write a number and a unit, such as "20GiB" or "512MiB"';
  const unit = `${letter.toUpperCase()}iB` as Unit;
  const binary = `write "${amount}${unit}" if you mean ${amount} × ${UNITS[unit]} bytes`;
  if (rest?.toUpperCase() !== "B") return `units are binary and written out; ${binary}`;
  const factor = 1000 ** Math.round(Math.log2(UNITS[unit]) / 10);
  return `decimal units are not taken; ${binary}, or "${wholeUnitsFor(Number(amount) * factor)}" for at least ${amount} × ${factor} bytes`;
}

/** The unit in which a size near so many bytes is short: GiB from 1000 GiB on, MiB below. */
const unitNear = (bytes: number): Unit => (bytes >= 1000 * UNITS.GiB ? "GiB" : "MiB");

/** The nearest sizes in whole units, such as `"1228MiB" and "1229MiB"`. */
function wholeUnitsAround(bytes: number): string {
  const unit = unitNear(bytes);
  return `"${Math.floor(bytes / UNITS[unit])}${unit}" and "${wholeUnitsFor(bytes)}"`;
}

/** The least size in whole units that holds so many bytes, such as `1229MiB`. */
function wholeUnitsFor(bytes: number): string {
  const unit = unitNear(bytes);
  return `${Math.ceil(bytes / UNITS[unit])}${unit}`;
}

/**
 * Writes bytes in the largest unit that keeps the number short, such as `20 GiB` or `1.5 TiB`.
 * Sizes that are not whole in any unit keep two decimals and are for people only.
 */
export function formatSize(bytes: number): string {
  const units = Object.entries(UNITS).reverse();
  const [unit, factor] = units.find(([, unitBytes]) => Math.abs(bytes) >= unitBytes) ?? ["B", 1];
  return `${Number((bytes / factor).toFixed(2))} ${unit}`;
}

/** Bytes as {@link parseSize} reads them, in the largest unit in which they are whole, such as `"20GiB"`. */
export function exactSize(bytes: number): string {
  const units = Object.entries(UNITS).reverse();
  const [unit, factor] = units.find(([, unitBytes]) => bytes % unitBytes === 0) ?? ["B", 1];
  return `${bytes / factor}${unit}`;
}

/**
 * Rounds a size up to whole extents, as lvcreate does, so that the next diff sees no drift.
 * @param sizeBytes Wanted size in bytes, above 0.
 * @param extentBytes `vg_extent_size` of the volume group, in bytes.
 */
export function roundToExtents(sizeBytes: number, extentBytes: number): number {
  return Math.ceil(sizeBytes / extentBytes) * extentBytes;
}

/** A size of at least `minBytes` as a user writes it. It stays as written in the state; {@link parseSize} turns it into bytes. */
export const sizeFrom = (minBytes: number) =>
  z.union([z.string(), z.number()]).superRefine((value, context) => {
    try {
      parseSize(value, minBytes);
    } catch (error) {
      context.addIssue({ code: "custom", message: (error as RangeError).message });
    }
  });

/** The size of a volume or a pool as a user writes it: at least 1 MiB. */
export const size = sizeFrom(MIN_BYTES);
