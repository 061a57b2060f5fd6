/**
 * Quotes a value for POSIX sh, as Python's shlex.quote does: single quotes around it, each inner one written as `'"'"'`.
 * @throws {RangeError} If the value holds a NUL byte, which no shell variable can hold.
 */
export function quote(value: string): string {
  if (value.includes("\0")) {
    throw new RangeError("Cannot pass a value with a NUL byte to a host");
  }
  return `'${value.replaceAll("'", `'"'"'`)}'`;
}
