const UNITS: readonly (readonly [unit: string, seconds: number])[] = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
];

/**
 * A duration for people, in the two largest units that say something, such as `3 d 4 h`, `26 h` or `45 s`.
 * Two days are the least that is told in days, so that `26h` of a policy reads as it was written.
 */
export function describeDuration(seconds: number): string {
  if (seconds < 10 && !Number.isInteger(seconds)) return `${Math.max(0, seconds).toFixed(1)} s`;
  let rest = Math.max(0, Math.round(seconds));
  // What is shown is rounded to the smaller of its units: 59 min 59 s are 1 h.
  if (rest >= 2 * 86_400) rest = Math.round(rest / 3600) * 3600;
  else if (rest >= 3600) rest = Math.round(rest / 60) * 60;
  const from = rest >= 2 * 86_400 ? 0 : rest >= 3600 ? 1 : 2;
  const [first, second] = UNITS.slice(from);
  const [unit, size] = first ?? ["s", 1];
  if (rest < 60) return `${rest} s`;
  const whole = Math.floor(rest / size);
  const left = rest - whole * size;
  const [smallUnit, smallSize] = second ?? ["s", 1];
  const small = Math.floor(left / smallSize);
  return small === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${small} ${smallUnit}`;
}
