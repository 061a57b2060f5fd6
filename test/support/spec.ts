import type { ConnectionArgs } from "../../provider/model/connection.js";
import type { LabHost, LabS3 } from "../lab/index.js";

type Args = Record<string, unknown>;

/** What another stack shares. */
interface SharedRef {
  readonly stack: string;
  /** The resource's name there. */
  readonly ref: string;
}

/** What test/e2e/program declares: sections of resources by name, which refer to each other by name. */
export interface Spec {
  hosts: Record<string, { connection: Args; backups?: boolean }>;
  groups?: Record<string, Args & { host: string }>;
  pools?: Record<string, Args & { volumeGroup: string | SharedRef }>;
  volumes?: Record<string, Args>;
  /**
   * Volumes may have a `source`: `{ backup }`, `{ snapshot }` or `{ volume }` by name, or `{ target, volume, recoveryPoint }` with a
   * volume's id.
   */
  backups?: Record<string, Args & { volume: string; target: string }>;
  /** `volume` is a name, or the `ref` of a volume. */
  snapshots?: Record<string, Args & { volume: string | Args }>;
  /** Declared last; `volumes` are names, or those of other stacks by names. */
  policies?: Record<
    string,
    Args & {
      target: string | SharedRef;
      volumes?: string[] | Record<string, SharedRef>;
      match?: Record<string, string>;
    }
  >;
  /** Policy files by path, relative to the program's folder; each target goes by its own name. */
  policyFiles?: string[];
  /** Recovery points of a volume, or of all in a target as a host sees it; exported as `<name>-backups`. */
  listBackups?: Record<string, { volume?: string; target: string; host?: string }>;
  attachments?: Record<string, Args & { volume: string | SharedRef; microVm: string }>;
  /** The names that resources had before, by their names. */
  aliases?: Record<string, string>;
  /** What the organization is called, where the backend of the lab has another name for it. */
  organization?: string;
  /** Settings of the AWS provider in which targets are made; see {@link awsOf}. */
  aws?: Args;
  /** BackupTargets whose bucket is made; `ref` is exported as `<name>-target`. */
  targets?: Record<string, Args>;
  /** BackupTargets of a bucket that exists; exported likewise. `options` are those of the resource. */
  existingTargets?: Record<string, Args>;
  /** Placement of the named volumes, exported as `<name>-placement`. */
  placements?: Record<string, string[]>;
  /** Events of a host, exported as `<name>-events`. */
  readEvents?: Record<string, Args & { host: string }>;
  /** Volumes on a host, exported as `<name>-volumes`. */
  readVolumes?: Record<string, { host: string }>;
  /** Status of a host's backups, exported as `<name>-status`. */
  backupStatus?: Record<string, { host: string }>;
  /** Leases on a host, exported as `<name>-attachments`. */
  readAttachments?: Record<string, { host: string }>;
  /** Functions of modules in the program's folder, each called with a host. */
  modules?: Record<string, { call: string; host: string }>;
  /** How many resources that do nothing. */
  noOps?: number;
  /** Groups, pools, volumes and targets whose `ref` is exported as `<name>-ref`. */
  share?: string[];
}

/** The connection of a lab host as a program would write it. */
export function connectionTo(host: LabHost): ConnectionArgs {
  const { address, port, user, hostKey, privateKeyFile } = host;
  return { address, port, user, hostKey, privateKeyFile };
}

/** Settings of the AWS provider that lead to a server of the lab. */
export function awsOf({ region, accessKeyId, secretAccessKey, caCertificateFile, endpoint, iamEndpoint }: LabS3): Args {
  return {
    region,
    accessKey: accessKeyId,
    secretKey: secretAccessKey,
    customCaBundle: caCertificateFile,
    endpoints: [{ s3: endpoint, iam: iamEndpoint }],
    s3UsePathStyle: true,
    skipCredentialsValidation: true,
    skipRequestingAccountId: true,
    skipMetadataApiCheck: true,
  };
}

/** One host with a volume group on its first disk and a thin pool of 4 GiB: where most tests start. */
export function oneHost(host: LabHost): Spec & Required<Pick<Spec, "groups" | "pools" | "volumes" | "attachments">> {
  return {
    hosts: { node: { connection: connectionTo(host) as Args } },
    groups: { fast: { host: "node", disks: [host.disks[0]] } },
    pools: { pool: { volumeGroup: "fast", size: "4GiB" } },
    volumes: {},
    attachments: {},
  };
}
