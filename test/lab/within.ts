import { LabError } from "./lab-error.js";

/**
 * Does something that may take no longer than a limit; the signal that the work gets aborts it then.
 * @param action What it is, after "Cannot".
 * @throws {LabError} If it took longer.
 */
export async function within<T>(
  limitMs: number,
  interrupt: AbortSignal,
  action: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = AbortSignal.timeout(limitMs);
  try {
    return await work(AbortSignal.any([interrupt, limit]));
  } catch (cause) {
    interrupt.throwIfAborted();
    if (!limit.aborted) throw cause;
    throw new LabError(`Cannot ${action} within ${limitMs / 1000} s`, "See the setup log", { cause });
  }
}
