import type { RecoveryPointChoice } from "../../model/recovery-point-choice.js";
import type { RecoveryPoint } from "./recovery-point.js";

/**
 * The recovery point that is meant; undefined when there is none.
 * @param points The oldest first.
 */
export function chooseRecoveryPoint(
  points: readonly RecoveryPoint[],
  choice: RecoveryPointChoice,
): RecoveryPoint | undefined {
  if (choice === "latest") return points.at(-1);
  if (choice === "latest-verified") return points.findLast(({ verified }) => verified !== null);
  if (typeof choice === "string") return points.find(({ id }) => id === choice);
  const limit = Date.parse(choice.atOrBefore);
  return points.findLast(({ time }) => Date.parse(time) <= limit);
}
