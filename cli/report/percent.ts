/** A place or length in an SVG that is as wide as its page: `42.3%`. Text in it keeps its size, which it would not in a view box. */
export function percent(share: number): string {
  return `${Number((Math.max(0, Math.min(1, share)) * 100).toFixed(2))}%`;
}
