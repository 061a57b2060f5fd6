import { InvalidArgumentError } from "commander";
import { parseDuration } from "../../provider/model/duration.js";

/**
 * Reads a duration that an option gives, such as `26h`, `7d` or `1d12h`.
 * @returns Whole seconds, above 0.
 * @throws {InvalidArgumentError} If it is none.
 */
export function durationOption(text: string): number {
  try {
    const seconds = parseDuration(text);
    if (seconds > 0) return seconds;
  } catch (error) {
    throw new InvalidArgumentError(`${(error as RangeError).message}.`);
  }
  throw new InvalidArgumentError("Write a duration above 0, such as 26h or 7d.");
}
