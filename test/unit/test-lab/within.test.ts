import { setTimeout as sleep } from "node:timers/promises";
import { LabError } from "../../lab/lab-error.js";
import { within } from "../../lab/within.js";

const never = new AbortController().signal;
const untilAborted = (signal: AbortSignal) => sleep(60_000, undefined, { signal, ref: true });

test("within() gives the result of what ends in time", async () => {
  await expect(within(60_000, never, "wait", async () => 7)).resolves.toBe(7);
});

test("within() aborts what takes longer, and says so", async () => {
  const late = within(10, never, "wait", untilAborted);
  await expect(late).rejects.toThrow(LabError);
  await expect(late).rejects.toThrow("Cannot wait within 0.01 s");
});

test("within() passes a failure on as it is", async () => {
  const failure = new Error("broken");
  await expect(within(60_000, never, "wait", () => Promise.reject(failure))).rejects.toBe(failure);
});

test("within() throws the reason of an interruption, not that of the limit", async () => {
  const interrupt = AbortSignal.abort(new Error("Ctrl-C"));
  await expect(within(60_000, interrupt, "wait", untilAborted)).rejects.toThrow("Ctrl-C");
});
