import { z } from "zod";
import { LabError } from "./lab-error.js";

/** The Debian releases that hosts run: Debian 13 and Debian 12. */
export const release = z.enum(["trixie", "bookworm"]);
export type Release = z.infer<typeof release>;

const inOrder: readonly [Release, Release] = ["trixie", "bookworm"];

/**
 * The releases of a pair of hosts, in the pair's order: Debian 13 first, or what LAB_RELEASES says, such as
 * `bookworm,trixie`. A suite takes a pair, so that it meets both.
 * @throws {LabError} If LAB_RELEASES names something else than two releases.
 */
export function releasesOfPair(): readonly [Release, Release] {
  const text = process.env["LAB_RELEASES"];
  if (!text) return inOrder;
  const parsed = z.tuple([release, release]).safeParse(text.split(","));
  if (parsed.success) return parsed.data;
  throw new LabError(
    `Cannot read LAB_RELEASES: "${text}" is not two of ${release.options.join(", ")} with a comma between`,
    `Set it to ${[...inOrder].reverse().join(",")} to swap the hosts of each pair, or leave it out`,
  );
}
