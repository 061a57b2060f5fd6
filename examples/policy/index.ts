import { PolicyPack, type ResourceValidationPolicy } from "@pulumi/policy";
import {
  type Declared,
  deletedAtOnce,
  type Finding,
  shortRetention,
  targetAtSite,
  unlockedTarget,
  unscheduledVolumes,
} from "./rules";

/** A policy on resources one by one, with its configuration over these defaults. */
function onEach<C extends object>(
  policy: Omit<ResourceValidationPolicy, "validateResource">,
  defaults: C,
  finding: (resource: Declared, config: C) => Finding,
): ResourceValidationPolicy {
  return {
    ...policy,
    validateResource: (resource, report) => {
      const found = finding(resource, { ...defaults, ...resource.getConfig<Partial<C>>() });
      if (found !== undefined) report(found);
    },
  };
}

new PolicyPack("pulumi-lvm", {
  enforcementLevel: "mandatory",
  policies: [
    {
      name: "volume-has-schedule",
      description: "Every volume is under a BackupSchedule or a BackupPolicy of its stack.",
      validateStack: ({ resources }, report) => {
        for (const { urn } of unscheduledVolumes(resources)) {
          report("no schedule is for this volume: name it in a BackupPolicy, or give it labels that one matches", urn);
        }
      },
    },
    onEach(
      { name: "volume-outlives-delete", description: "No volume is removed at once when it is deleted." },
      {},
      deletedAtOnce,
    ),
    onEach(
      {
        name: "production-has-object-lock",
        description: "In production, nobody can remove what a backup wrote before its time.",
        configSchema: { properties: { stacks: { type: "array", items: { type: "string" } } } },
      },
      { stacks: ["prod", "production"] },
      (resource, { stacks }) => unlockedTarget(resource, stacks),
    ),
    onEach(
      {
        name: "target-in-another-region",
        description: "Backups are in another region than the site of the host.",
        // Until hostRegions is configured: only you know where your hosts are.
        enforcementLevel: "advisory",
        configSchema: {
          properties: { hostRegions: { type: "object", additionalProperties: { type: "string" } } },
        },
      },
      { hostRegions: {} },
      (resource, { hostRegions }) => targetAtSite(resource, hostRegions),
    ),
    onEach(
      {
        name: "retention-of-least-days",
        description: "Recovery points of so many days ago are kept.",
        configSchema: { properties: { days: { type: "integer", minimum: 1 } } },
      },
      { days: 30 },
      (resource, { days }) => shortRetention(resource, days),
    ),
  ],
});
