/** What a rule looks at of a resource. */
export interface Declared {
  readonly type: string;
  readonly urn: string;
  // Whatever the resource has: inputs, and outputs where they are known.
  // biome-ignore lint/suspicious/noExplicitAny: as @pulumi/policy declares it
  readonly props: Record<string, any>;
}

/** What is wrong with a resource, and what to do; undefined if nothing is. */
export type Finding = string | undefined;

const isA = (kind: string, { type }: Declared): boolean => type === `pulumi-nodejs:dynamic/lvm:${kind}`;

/** Where a logical volume is. Unlike the id of a Volume, a preview knows it. */
const place = (host: { readonly name: string }, volumeGroup: string, name: string) =>
  JSON.stringify([host.name, volumeGroup, name]);

/** The volumes of a stack that none of its schedules is for. */
export function unscheduledVolumes(resources: readonly Declared[]): Declared[] {
  const scheduled = resources
    .filter((resource) => isA("BackupSchedule", resource))
    .map(({ props }) => place(props.host, props.volumeGroup, props.volumeName));
  return resources.filter(
    (each) =>
      isA("Volume", each) && !scheduled.includes(place(each.props.host, each.props.volumeGroup, each.props.name)),
  );
}

/** A volume that a delete removes at once. */
export function deletedAtOnce(resource: Declared): Finding {
  if (!isA("Volume", resource) || resource.props.deletionPolicy !== "delete") return undefined;
  return 'deletionPolicy "delete" removes the data at once: use "tombstone", which keeps it for graceDays, or "retain"';
}

/**
 * A schedule of a production stack whose target has no Object Lock.
 * @param production Names of the stacks that are production.
 */
export function unlockedTarget(resource: Declared, production: readonly string[]): Finding {
  if (!isA("BackupSchedule", resource) || !production.includes(stackOf(resource))) return undefined;
  if (resource.props.lockDays !== undefined && resource.props.lockDays !== null) return undefined;
  return `target "${resource.props.target.name}" has no Object Lock: set objectLock of the BackupTarget, or lockDays of a bucket that exists and has one`;
}

/** The second part of a URN: `urn:pulumi:<stack>::<project>::…`. */
const stackOf = ({ urn }: Declared): string => urn.split("::")[0]?.replace("urn:pulumi:", "") ?? "";

/**
 * A schedule whose target is in the region of its host's site, where one disaster takes both.
 * @param hostRegions Region of each host's site, by the name of the Host.
 */
export function targetAtSite(resource: Declared, hostRegions: Readonly<Record<string, string>>): Finding {
  if (!isA("BackupSchedule", resource)) return undefined;
  const { host, target } = resource.props;
  const site = hostRegions[host.name];
  if (site === undefined) {
    return `nothing says in which region host "${host.name}" is: add it to hostRegions in the configuration of the policy`;
  }
  if (target.region !== site) return undefined;
  return `target "${target.name}" is in ${site}, as host "${host.name}" is: use a bucket in another region`;
}

/** Days from one recovery point to the next that a rule of a retention keeps, at least. */
const PERIOD_DAYS = { daily: 1, weekly: 7, monthly: 28, yearly: 365 };

/** A schedule that may have dropped the recovery points of so many days ago. */
export function shortRetention(resource: Declared, leastDays: number): Finding {
  if (!isA("BackupSchedule", resource)) return undefined;
  const { retention } = resource.props;
  // Without a retention everything is kept.
  if (retention === undefined || retention === null) return undefined;
  const days = Math.max(...keptDays(retention));
  if (days >= leastDays) return undefined;
  return `retention reaches back ${Math.floor(days)} days, and ${leastDays} are asked for: set within to "${leastDays}d", or daily to ${leastDays + 1}`;
}

/** How many days back each rule of a retention reaches: from the first of 8 weeks to the last are 7 weeks. */
function keptDays(retention: Readonly<Record<string, unknown>>): number[] {
  const counted = Object.entries(PERIOD_DAYS).map(([rule, days]) => (Number(retention[rule] ?? 1) - 1) * days);
  return [0, daysOf(String(retention["within"] ?? "")), ...counted];
}

const UNIT_DAYS: Readonly<Record<string, number>> = { w: 7, d: 1, h: 1 / 24 };

/** Days of a duration such as "2w" or "1d12h"; minutes and seconds do not count. */
const daysOf = (duration: string): number =>
  [...duration.matchAll(/(\d+)([wdh])/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * (UNIT_DAYS[unit ?? ""] ?? 0),
    0,
  );
