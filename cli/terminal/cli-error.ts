/** A failure that the user can act on. The message has two lines, as those of the provider: what failed and why; what to do next. */
export class CliError extends Error {
  override readonly name = "CliError";

  constructor(summary: string, next: string, options?: ErrorOptions) {
    super(`${summary}\n${next}`, options);
  }
}
