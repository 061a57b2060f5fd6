import type { Outcome } from "../../bench/outcome.js";
import type { Sample } from "../../bench/sample.js";
import { entriesOf } from "../../bench/statistics.js";

/** A sample with some time, and all else the same. */
export function sampleOf(seconds: number): Sample {
  return { seconds, cpuSeconds: seconds / 2, processes: 40, readMiB: 12.34, sentMiB: 0.567, memoryMiB: 100 };
}

/** Ours takes twice the time of the script. */
export const outcome: Outcome = {
  name: "deploy",
  date: "2026-11-27",
  commit: "0123abc",
  machine: {
    cores: 2,
    processor: "Some Processor",
    kernel: "6.12.0",
    load: 0.5,
    host: { release: "Debian 13", kernel: "7.2.7", cores: 1, memoryMiB: 980, lvm: "2.03.31(2)", restic: "0.18.0" },
  },
  rounds: 3,
  cases: [
    {
      title: "10 volumes",
      entries: entriesOf({
        ours: [20, 30, 10].map(sampleOf),
        "a script": [9, 10, 12.5].map(sampleOf),
      }),
    },
  ],
  notes: ["Something is not compared."],
};
