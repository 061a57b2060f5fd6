/** The word that was probably meant: at most two letters are wrong, missing or too many. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((each) => ({ each, distance: distance(word.toLowerCase(), each.toLowerCase()) }))
    .filter((found) => found.distance <= Math.min(2, found.each.length - 2))
    .sort((a, b) => a.distance - b.distance);
  return best?.each;
}

/** Levenshtein's distance; 3 and more are not told apart. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    row = row.reduce<number[]>((next, above, j) => {
      const left = next.at(-1);
      const diagonal = row[j - 1] ?? 0;
      next.push(left === undefined ? i + 1 : Math.min(left + 1, above + 1, diagonal + (b[j - 1] === letter ? 0 : 1)));
      return next;
    }, []);
  }
  return row.at(-1) ?? 0;
}
