import { hostImage } from "./host-image.js";
import { type Release, releasesOfPair } from "./release.js";
import { together } from "./together.js";
import type { UmlKernel } from "./uml-kernel.js";

/** A host to start. */
export interface HostPlan {
  name: string;
  /** From 1 on. */
  number: number;
  release: Release;
  /** What its root disk is a copy of. */
  image: string;
}

/**
 * Names the hosts, gives them the releases in turn, and gets the images of these; those that are not there yet are built
 * side by side.
 * @param count From 1 on.
 */
export async function planHosts(count: number, kernel: UmlKernel, interrupt: AbortSignal): Promise<HostPlan[]> {
  const [first, second] = releasesOfPair();
  const get = async (release: Release, signal: AbortSignal) => ({
    release,
    image: await hostImage(release, kernel, signal),
  });
  const [odd, even] = await together(interrupt, [
    (signal) => get(first, signal),
    // One host alone needs no second image.
    (signal) => get(count > 1 ? second : first, signal),
  ]);
  return Array.from({ length: count }, (_, index) => ({
    name: `host${index + 1}`,
    number: index + 1,
    ...(index % 2 === 0 ? odd : even),
  }));
}
