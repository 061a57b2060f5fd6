/** A failure that whoever runs the lab can act on. Anything else thrown is a bug and keeps its stack. */
export class LabError extends Error {
  override readonly name = "LabError";

  /**
   * @param summary What could not be done, with the current state after a colon.
   * @param next What to do about it.
   */
  constructor(summary: string, next: string, options?: ErrorOptions) {
    super(`${summary}\n${next}`, options);
  }
}
