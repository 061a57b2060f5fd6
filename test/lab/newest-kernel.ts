import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { cacheDir } from "./cache.js";
import { fetchKernel, kernelIn } from "./fetch-kernel.js";
import { LabError } from "./lab-error.js";
import { bootId } from "./process-group.js";
import { say, step } from "./progress.js";
import { tryKernel } from "./try-kernel.js";
import type { UmlKernel } from "./uml-kernel.js";

/** To ask for the newest kernel and to try it takes 5 s: the starts of a day do with what the first of them found. */
const validHours = 24;
const tryLimitMs = 30_000;

/** What the cache keeps on the newest kernel. */
const finding = z.strictObject({
  foundAt: z.iso.datetime(),
  /** Of this machine: after its next boot another kernel of its own may run, and the guest's has to show again that it boots. */
  bootId: z.string(),
  /** The kernel's directory in the cache. */
  entry: z.string(),
  /** Why it is of no use here; missing when it boots. */
  problem: z.string().optional(),
});
type Finding = z.infer<typeof finding>;

/**
 * The newest kernel that this machine's mirror has and that boots here.
 * @throws {LabError} If there is none, in words that say why.
 */
export async function newestKernel(logFile: string, signal: AbortSignal): Promise<UmlKernel> {
  const known = read();
  const found = known && isValid(known) ? known : await find(known, logFile, signal);
  if (found.problem) throw new LabError(found.problem, `Remove ${file()} to have it tried again`);
  return kernelIn(found.entry);
}

async function find(known: Finding | undefined, logFile: string, signal: AbortSignal): Promise<Finding> {
  const { entry, isNewest } = await fetchOrKeep(known, logFile, signal);
  const kernel = kernelIn(entry);
  const problem = await step(`trying kernel ${kernel.version}`, () => problemOf(kernel, logFile, signal));
  const now = new Date().toISOString();
  const found = { foundAt: now, bootId: bootId(), entry, ...(problem === undefined ? {} : { problem }) };
  // Whoever could not ask has not learnt what is the newest.
  if (isNewest) write(found);
  return found;
}

async function fetchOrKeep(known: Finding | undefined, logFile: string, signal: AbortSignal) {
  try {
    return { entry: await fetchKernel({ logFile, signal }), isNewest: true };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof LabError) || !known || !existsSync(known.entry)) throw error;
    const [why] = error.message.split("\n");
    say(`hosts run the newest kernel of an earlier day: ${why}`);
    return { entry: known.entry, isNewest: false };
  }
}

async function problemOf(kernel: UmlKernel, logFile: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    await tryKernel(kernel, { limitMs: tryLimitMs, logFile, signal });
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof LabError) return error.message.split("\n")[0];
    throw error;
  }
}

function isValid(known: Finding): boolean {
  const ageHours = (Date.now() - Date.parse(known.foundAt)) / 3_600_000;
  return ageHours >= 0 && ageHours < validHours && known.bootId === bootId() && existsSync(known.entry);
}

function file(): string {
  return join(cacheDir(), "newest-kernel.json");
}

/** What another version of the lab wrote there in another form is found again. */
function read(): Finding | undefined {
  return existsSync(file()) ? finding.safeParse(JSON.parse(readFileSync(file(), "utf8"))).data : undefined;
}

function write(found: Finding): void {
  mkdirSync(cacheDir(), { recursive: true });
  const temporary = `${file()}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(found, null, 2)}\n`);
  renameSync(temporary, file());
}
