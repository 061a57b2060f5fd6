import type { Entry } from "./statistics.js";

/** Something that was done by ours and by others. */
export interface Case {
  readonly title: string;
  /** The first is ours. */
  readonly entries: readonly Entry[];
}

/** Where a bench ran. */
export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly kernel: string;
  /** Processes that wanted to run, over the minute before the bench (uptime(1)). */
  readonly load: number;
  readonly host: {
    readonly release: string;
    readonly kernel: string;
    readonly cores: number;
    readonly memoryMiB: number;
    readonly lvm: string;
    readonly restic: string;
  };
}

/** What a bench found, as it is kept in bench/results. */
export interface Outcome {
  readonly name: string;
  /** Day, as in `2026-11-27`; UTC. */
  readonly date: string;
  /** Of this repository; "" when it is not one of git's. */
  readonly commit: string;
  readonly machine: Machine;
  readonly rounds: number;
  readonly cases: readonly Case[];
  /** What the table does not say. */
  readonly notes: readonly string[];
}
