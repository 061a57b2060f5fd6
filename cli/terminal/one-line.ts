import type { Problem } from "../../provider/model/problem.js";

/**
 * Text of a host for a line of ours: line ends become ` | `, other control characters `?`, so that nothing in it steers the terminal or
 * passes for another line.
 */
export function oneLine(text: string): string {
  return text
    .trim()
    .replace(/\s*\n\s*/g, " | ")
    .replace(/\p{Cc}/gu, "?");
}

/** A problem of a host, each part of it in one line. */
export function problemInLines({ summary, detail, next }: Problem): Problem {
  return { summary: oneLine(summary), detail: oneLine(detail), next: oneLine(next) };
}
