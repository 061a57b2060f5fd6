/** What one run took: its time as the machine saw it that asked for it, and all else on the host. */
export interface Sample {
  readonly seconds: number;
  /** Time that the host's processors were busy, with whatever for. */
  readonly cpuSeconds: number;
  /** Processes that the host started. */
  readonly processes: number;
  /** Read from the disks that the lab gives to the tests. */
  readonly readMiB: number;
  /** Sent over the network. */
  readonly sentMiB: number;
  /** By how much the memory that could be had went down at most; caches do not count. */
  readonly memoryMiB: number;
}
