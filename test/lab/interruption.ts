import { constants } from "node:os";
import { say } from "./progress.js";

/** Somebody asked the lab to end: Ctrl-C, SIGTERM or a closed terminal. */
export class Interruption extends Error {
  override readonly name = "Interruption";
  readonly signal: NodeJS.Signals;
  /** As a shell reports it: 128 and the number of the signal. */
  readonly exitCode: number;

  constructor(signal: NodeJS.Signals) {
    super(`Interrupted by ${signal}`);
    this.signal = signal;
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** Turns the first such signal into an abort whose reason is an `Interruption`. Later ones change nothing: the end is under way. */
export function watchSignals(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) return;
      say(`${signal}: stopping`);
      controller.abort(new Interruption(signal));
    });
  }
  return controller.signal;
}
