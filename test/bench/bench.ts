import type { LabHost } from "../lab/index.js";
import type { Contest } from "./compare.js";
import type { Options } from "./options.js";
import type { Case } from "./outcome.js";

/** What a bench runs on. The host may be in any state, and may be left in any. */
export interface Stage extends Pick<Options, "volumes" | "sizes" | "changes"> {
  readonly host: LabHost;
  /** Runs a contest and keeps its outcome. */
  compare(contest: Contest): Promise<Case>;
}

/** Runs the contests of a bench, and returns what is to be said beside their tables. */
export type Bench = (stage: Stage) => Promise<string[]>;
