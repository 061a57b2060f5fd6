// Plain JavaScript, so that no test waits for a compiler.
const pulumi = require("@pulumi/pulumi");
const lvm = require("pulumi-lvm");

/** A resource that does nothing: what it costs is the engine's. */
class NoOp extends pulumi.dynamic.Resource {
  constructor(name) {
    super({ create: async (inputs) => ({ id: "no-op", outs: inputs }) }, name, { size: "64MiB" });
  }
}

/** Declares what a spec says, and returns the outputs of the stack. */
module.exports = (spec) => {
  const config = new pulumi.Config();
  // A backend that is a directory knows one organization only: this stands for another backend.
  if (spec.organization !== undefined) require("@pulumi/pulumi/runtime/settings")._setOrganization(spec.organization);
  /** Options of a resource that had another name before. */
  const optionsOf = (name) => {
    const before = spec.aliases?.[name];
    return before === undefined ? {} : { aliases: [{ name: before }] };
  };
  const each = (section, make) =>
    Object.fromEntries(Object.entries(spec[section] ?? {}).map(([name, args]) => [name, make(name, args)]));

  /** `{ "secret": "key" }` stands for a secret of the stack's configuration. */
  const resolve = (value) => {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== "object" || value === null) return value;
    if (typeof value.secret === "string") return config.requireSecret(value.secret);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
  };

  /** The AWS provider is loaded by programs alone that make something there. */
  const inAws = spec.aws && { provider: new (require("@pulumi/aws/provider").Provider)("lab", spec.aws) };
  const targets = {
    ...each("targets", (name, args) => new lvm.BackupTarget(name, resolve(args), inAws)),
    ...each("existingTargets", (name, { options, ...args }) => lvm.BackupTarget.existing(name, resolve(args), options)),
  };

  const stackReferences = {};
  const referTo = (stack) => (stackReferences[stack] ??= new pulumi.StackReference(stack));
  /** A resource of the program by its name, or the ref that another stack shares: `{ "stack": …, "ref": "data" }`. */
  const named = (resources, given) =>
    typeof given === "string" ? resources[given] : referTo(given.stack).requireOutput(`${given.ref}-ref`);

  const hosts = each("hosts", (name, args) => new lvm.Host(name, resolve(args), optionsOf(name)));
  const groups = each(
    "groups",
    (name, { host, ...args }) => new lvm.VolumeGroup(name, { ...args, host: hosts[host] }, optionsOf(name)),
  );
  const pools = each(
    "pools",
    (name, { volumeGroup, ...args }) =>
      new lvm.ThinPool(name, { ...args, volumeGroup: named(groups, volumeGroup) }, optionsOf(name)),
  );
  /** A source names a backup, a snapshot or a volume of the program, or a target and the id of a volume. */
  const sourceOf = ({ backup, snapshot, target, ...rest }) => {
    if (snapshot !== undefined) return { snapshot: snapshots[snapshot] };
    if (backup === undefined && target === undefined) return { volume: volumes[rest.volume] };
    return { backup: backup === undefined ? { ...rest, target: targets[target] } : backups[backup] };
  };
  const makeVolume = (name, { pool, volumeGroup, source, ...args }) =>
    new lvm.Volume(
      name,
      {
        ...resolve(args),
        ...(source === undefined ? {} : { source: sourceOf(source) }),
        ...(pool === undefined ? {} : { pool: named(pools, pool) }),
        ...(volumeGroup === undefined ? {} : { volumeGroup: named(groups, volumeGroup) }),
      },
      optionsOf(name),
    );
  const isRestored = ([, { source }]) => source !== undefined;
  const made = Object.entries(spec.volumes ?? {}).filter((entry) => !isRestored(entry));
  const volumes = Object.fromEntries(made.map(([name, args]) => [name, makeVolume(name, args)]));
  const backups = each(
    "backups",
    (name, { volume, target, ...args }) =>
      new lvm.Backup(name, { ...args, volume: volumes[volume], target: targets[target] }),
  );
  const snapshots = each(
    "snapshots",
    (name, { volume, ...args }) =>
      // What is given by a ref stands on the pools all the same, and the engine cannot know.
      new lvm.Snapshot(
        name,
        { ...args, volume: volumes[volume] ?? volume },
        { ...optionsOf(name), dependsOn: Object.values(pools) },
      ),
  );
  for (const [name, args] of Object.entries(spec.volumes ?? {}).filter(isRestored))
    volumes[name] = makeVolume(name, args);
  const chosenOf = (chosen) =>
    Array.isArray(chosen)
      ? chosen.map((name) => volumes[name])
      : Object.fromEntries(Object.entries(chosen).map(([name, given]) => [name, named(volumes, given)]));
  each("policies", (name, { volumes: chosen, target, ...args }) => {
    const covered = chosen === undefined ? {} : { volumes: chosenOf(chosen) };
    return new lvm.BackupPolicy(name, { ...resolve(args), ...covered, target: named(targets, target) });
  });
  for (const path of spec.policyFiles ?? []) lvm.BackupPolicy.fromFile(path, { targets });
  const lists = each("listBackups", (_name, { volume, target, host }) =>
    lvm.listBackups({ volume: volumes[volume], target: targets[target], host: hosts[host] }),
  );
  const attachments = each(
    "attachments",
    (name, { volume, microVmHost, ...args }) =>
      new lvm.Attachment(
        name,
        {
          ...args,
          volume: named(volumes, volume),
          ...(microVmHost === undefined ? {} : { microVmHost: hosts[microVmHost] ?? microVmHost }),
        },
        optionsOf(name),
      ),
  );

  each("modules", (path, { call, host }) => require(path)[call](hosts[host]));
  for (let index = 0; index < (spec.noOps ?? 0); index++) new NoOp(`no-op-${index}`);
  const placements = each("placements", (_name, names) => lvm.placement(names.map((name) => volumes[name])));
  const logs = each("readEvents", (_name, { host, ...options }) => lvm.readEvents(hosts[host], options));
  const liveVolumes = each("readVolumes", (_name, { host }) => lvm.readVolumes(hosts[host]));
  const statuses = each("backupStatus", (_name, { host }) => lvm.backupStatus(hosts[host]));
  const liveAttachments = each("readAttachments", (_name, { host }) => lvm.readAttachments(hosts[host]));

  const shareable = { ...groups, ...pools, ...volumes, ...targets };
  return {
    ...Object.fromEntries(Object.entries(targets).map(([name, { ref }]) => [`${name}-target`, ref])),
    ...Object.fromEntries(Object.entries(placements).map(([name, placement]) => [`${name}-placement`, placement])),
    ...Object.fromEntries((spec.share ?? []).map((name) => [`${name}-ref`, shareable[name].ref])),
    ...Object.fromEntries(Object.entries(attachments).map(([name, { drive }]) => [`${name}-drive`, drive])),
    ...Object.fromEntries(Object.entries(logs).map(([name, log]) => [`${name}-events`, log])),
    ...Object.fromEntries(Object.entries(lists).map(([name, points]) => [`${name}-backups`, points])),
    ...Object.fromEntries(Object.entries(liveVolumes).map(([name, found]) => [`${name}-volumes`, found])),
    ...Object.fromEntries(Object.entries(statuses).map(([name, found]) => [`${name}-status`, found])),
    ...Object.fromEntries(Object.entries(liveAttachments).map(([name, found]) => [`${name}-attachments`, found])),
  };
};
