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
const askAgainHours = 24;

/** What the cache keeps on the newest kernel. */
const finding = z.strictObject({
  askedAt: z.iso.datetime(),
  /** The kernel's directory in the cache. */
  entry: z.string(),
  /** What came of booting it. */
  trial: z
    .strictObject({
      /** Of this machine: another boot may be of another machine or kernel, where the guest's has to show again that it boots. */
      bootId: z.string(),
      /** Why it is of no use here; missing when it boots. */
      problem: z.string().optional(),
    })
    .optional(),
});
type Finding = z.infer<typeof finding>;

export interface KernelRequest {
  logFile: string;
  signal: AbortSignal;
  /** How long the newest kernel may take to boot when it is tried; 2 s is what it takes on an idle machine. */
  tryLimitMs?: number;
}

/**
 * The newest kernel that this machine's mirror has and that boots here.
 * @throws {LabError} If there is none, in words that say why.
 */
export async function newestKernel(request: KernelRequest): Promise<UmlKernel> {
  const known = read();
  const newest = known && isFresh(known) ? known : await ask(known, request);
  const kernel = kernelIn(newest.entry);
  const trial = newest.trial?.bootId === bootId() ? newest.trial : await boot(kernel, request);
  if (newest !== known || trial !== known.trial) write({ ...newest, trial });
  if (trial.problem) throw new LabError(trial.problem, `Remove ${file()} to have it tried again`);
  return kernel;
}

/** Asks the mirror; when that fails, what was found on an earlier day is good enough. */
async function ask(known: Finding | undefined, { logFile, signal }: KernelRequest): Promise<Finding> {
  try {
    return { askedAt: new Date().toISOString(), entry: await fetchKernel({ logFile, signal }) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof LabError) || !known || !existsSync(known.entry)) throw error;
    say(`hosts run the newest kernel of an earlier day: ${error.message.split("\n")[0]}`);
    return known;
  }
}

async function boot(kernel: UmlKernel, { tryLimitMs = 30_000, logFile, signal }: KernelRequest) {
  try {
    await step(`trying kernel ${kernel.version}`, () => tryKernel(kernel, { limitMs: tryLimitMs, logFile, signal }));
    return { bootId: bootId() };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof LabError)) throw error;
    return { bootId: bootId(), problem: error.message.split("\n")[0] };
  }
}

function isFresh({ askedAt, entry }: Finding): boolean {
  const ageHours = (Date.now() - Date.parse(askedAt)) / 3_600_000;
  return ageHours >= 0 && ageHours < askAgainHours && existsSync(entry);
}

function file(): string {
  return join(cacheDir(), "newest-kernel.json");
}

/** What another version of the lab wrote there in another form counts as nothing. */
function read(): Finding | undefined {
  return existsSync(file()) ? finding.safeParse(JSON.parse(readFileSync(file(), "utf8"))).data : undefined;
}

function write(found: Finding): void {
  mkdirSync(cacheDir(), { recursive: true });
  const temporary = `${file()}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(found, null, 2)}\n`);
  renameSync(temporary, file());
}
