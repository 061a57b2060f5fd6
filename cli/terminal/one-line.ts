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
