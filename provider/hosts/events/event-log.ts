import type { LogEvent } from "./event.js";

/** A hash that a stack's state holds: proof that the event was in the log when the resource was made or changed. */
export interface Anchor {
  /** SHA-256 of the event's line, in hex. */
  readonly hash: string;
  /** The resource that holds it, such as `Volume "data"`. */
  readonly resource: string;
}

/** Where the chain of a log breaks. */
export interface BrokenEntry {
  /** Number of the first line that does not follow the one before, from 1. */
  readonly line: number;
  readonly reason: string;
}

/** A host's event log, and what its verification found. */
export interface EventLog {
  /** Name of the Host resource. */
  readonly host: string;
  /** In the order of the log. */
  readonly events: readonly LogEvent[];
  /** Lines that a power failure cut short; what they were about to announce had not been done yet. */
  readonly torn: readonly number[];
  /** The first entry that breaks the chain; undefined when the chain holds. */
  readonly broken: BrokenEntry | undefined;
  /** Anchors that the log does not hold: what they stand for was taken out, or the log was written anew. */
  readonly missingAnchors: readonly Anchor[];
}
