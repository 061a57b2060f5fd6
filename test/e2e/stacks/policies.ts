import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabHost, LabS3 } from "../../lab/index.js";
import { oneHost, type Spec } from "../../support/spec.js";
import { existingTarget } from "./existing-target.js";

/** What a program says of a policy. */
export type Policy = NonNullable<Spec["policies"]>[string];

/** Three volumes, two of them of the label "gold", and a target. Its master key is the stack's secret "masterKey". */
export function volumesAndTarget(host: LabHost, server: LabS3, bucket: string) {
  const volume = { pool: "pool", size: "64MiB", deletionPolicy: "delete" };
  return {
    ...oneHost(host),
    existingTargets: { offsite: { ...existingTarget(server, bucket), masterKey: { secret: "masterKey" } } },
    volumes: {
      data: { ...volume, labels: { tier: "gold" } },
      files: { ...volume, labels: { tier: "gold", for: "files" } },
      web: { ...volume, labels: { tier: "silver" } },
    },
  } satisfies Spec;
}

/** Sections of a spec for the policy "gold", which stands in the program, and "single", which stands in a policy file beside it. */
export function policySections(
  directory: string,
  { gold, single }: { gold?: Policy; single?: object },
): Required<Pick<Spec, "policies" | "policyFiles">> {
  const listed = single === undefined ? [] : [{ name: "single", target: "offsite", ...single }];
  writeFileSync(join(directory, "policies.yaml"), JSON.stringify({ policies: listed }));
  return {
    policies: gold === undefined ? {} : { gold },
    policyFiles: single === undefined ? [] : ["policies.yaml"],
  };
}
