import * as pulumi from "@pulumi/pulumi";
import { bucketSettings, existingBucket } from "../provider/model/backup-target.js";
import { type BackupBucket, backupBucket } from "./backup-bucket.js";
import { checkedInputs } from "./checked-inputs.js";
import { MasterKey } from "./master-key.js";
import type { BackupTargetFields, BackupTargetInput } from "./refs.js";
import { isOfKind, markKind } from "./resource.js";

export interface BackupTargetArgs {
  /** Name of the bucket. Default: made from the resource's name. */
  readonly bucketName?: pulumi.Input<string>;
  /** What the keys of all objects begin with, such as `"prod/db"`. Default: nothing. */
  readonly prefix?: pulumi.Input<string>;
  /** ARN of the KMS key that the bucket encrypts with. Default: S3's own (SSE-S3). */
  readonly kmsKeyArn?: pulumi.Input<string>;
  /** Days that deleted and overwritten versions are kept: how long a stolen key of a host can be undone. Default 30. */
  readonly noncurrentDays?: pulumi.Input<number>;
  /** Days after which an upload that was not finished is removed. Default 7. */
  readonly abortUploadsDays?: pulumi.Input<number>;
  /** Object Lock: for these days nobody removes a version; with GOVERNANCE, nobody but who may bypass it. Once on, it stays on. */
  readonly objectLock?: {
    readonly mode: pulumi.Input<"GOVERNANCE" | "COMPLIANCE">;
    readonly days: pulumi.Input<number>;
  };
  /** Whether a destroy removes a bucket that is not empty, with all backups in it. Default false. */
  readonly forceDestroy?: pulumi.Input<boolean>;
  /** Tags of the bucket and of the hosts' user. */
  readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** https URL by which hosts reach S3, such as a VPC endpoint's. Default: the region's endpoint. */
  readonly endpoint?: pulumi.Input<string>;
  /** Certificate authority of that endpoint in PEM form. Default: those that the host knows. */
  readonly caCertificate?: pulumi.Input<string>;
  /** Base64 of at least 32 bytes, from which each repository's password is derived. Default: made once and kept in the state. */
  readonly masterKey?: pulumi.Input<string>;
}

export interface ExistingBackupTargetArgs {
  /** https URL of a store that speaks S3. */
  readonly endpoint: pulumi.Input<string>;
  /** Region that requests are signed for. Default `"us-east-1"`, which most stores take. */
  readonly region?: pulumi.Input<string>;
  /** Name of the bucket, which must exist. */
  readonly bucket: pulumi.Input<string>;
  /** What the keys of all objects begin with, such as `"prod/db"`. Default: nothing. */
  readonly prefix?: pulumi.Input<string>;
  /** The key that hosts use. */
  readonly credentials: pulumi.Input<{
    readonly accessKeyId: pulumi.Input<string>;
    readonly secretAccessKey: pulumi.Input<string>;
  }>;
  /** Days of the bucket's Object Lock, when it has one: a retention that is shorter is an error. */
  readonly lockDays?: pulumi.Input<number>;
  /** Certificate authority of the endpoint in PEM form. Default: those that the host knows. */
  readonly caCertificate?: pulumi.Input<string>;
  /** Base64 of at least 32 bytes, from which each repository's password is derived. Default: made once and kept in the state. */
  readonly masterKey?: pulumi.Input<string>;
}

/** A target but for its name; without a master key one is made. */
interface Store extends BackupBucket {
  readonly prefix: pulumi.Output<string>;
  readonly masterKey: pulumi.Output<string> | undefined;
  readonly caCertificate: pulumi.Output<string | undefined>;
  readonly lockDays: pulumi.Output<number | undefined>;
}

/** Says that a target is not to be made. */
class Existing {
  readonly args: ExistingBackupTargetArgs;

  constructor(args: ExistingBackupTargetArgs) {
    this.args = args;
  }
}

/**
 * Where backups go: a bucket in AWS that is made for them, with a user for the hosts which can write and read there and cannot end
 * what was written, or a bucket that exists in any store that speaks S3.
 */
export class BackupTarget extends pulumi.ComponentResource {
  readonly endpoint: pulumi.Output<string>;
  readonly region: pulumi.Output<string>;
  readonly bucket: pulumi.Output<string>;
  readonly prefix: pulumi.Output<string>;
  readonly accessKeyId: pulumi.Output<string>;
  /** A secret. */
  readonly secretAccessKey: pulumi.Output<string>;
  /** A secret. Who has it can read every backup in the target; without it nobody can. */
  readonly masterKey: pulumi.Output<string>;
  readonly caCertificate: pulumi.Output<string | undefined>;
  /** Days for which the bucket's Object Lock keeps every version; undefined without one. */
  readonly lockDays: pulumi.Output<number | undefined>;
  /** Its name in the program. */
  readonly targetName: string;
  /** The target as an argument of other resources: pass it on as a stack output, and other stacks can use it. Its keys are secrets. */
  readonly ref: BackupTargetFields;

  constructor(name: string, args: BackupTargetArgs | Existing = {}, options: pulumi.ComponentResourceOptions = {}) {
    super("lvm:index:BackupTarget", name, {}, options);
    markKind(this, "backupTarget");
    const component = `BackupTarget "${name}"`;
    const store =
      args instanceof Existing ? existingStore(component, args.args) : this.#provision(name, component, args);
    // What is in a bucket that exists outlives a destroy, and nobody can read it without the key: that is protected, unless the program says
    // otherwise. The key of a bucket of ours goes after the bucket, and with it all that it could read.
    const own = { parent: this, protect: options.protect ?? true };
    this.endpoint = store.endpoint;
    this.region = store.region;
    this.bucket = store.bucket;
    this.prefix = store.prefix;
    this.accessKeyId = store.accessKeyId;
    this.secretAccessKey = pulumi.secret(store.secretAccessKey);
    this.masterKey = pulumi.secret(store.masterKey ?? new MasterKey(`${name}-master-key`, own).key);
    this.caCertificate = store.caCertificate;
    this.lockDays = store.lockDays;
    this.targetName = name;
    const { endpoint, region, bucket, prefix, accessKeyId, secretAccessKey, masterKey, caCertificate } = this;
    const access = { endpoint, region, bucket, prefix, accessKeyId, secretAccessKey, masterKey, caCertificate };
    this.ref = { name: pulumi.output(name), ...access, lockDays: this.lockDays };
    this.registerOutputs(access);
  }

  #provision(name: string, component: string, args: BackupTargetArgs): Store {
    const settings = checkedInputs(component, bucketSettings, args);
    const generated = args.masterKey === undefined ? new MasterKey(`${name}-master-key`, { parent: this }) : undefined;
    const bucket = backupBucket(name, {
      parent: this,
      settings,
      isLocked: args.objectLock !== undefined,
      // Without the key a bucket that refuses to go is of no use.
      before: generated === undefined ? [] : [generated],
    });
    return {
      ...bucket,
      prefix: settings.prefix,
      masterKey: generated?.key ?? (settings.masterKey as pulumi.Output<string>),
      caCertificate: settings.caCertificate,
      lockDays: settings.objectLock.apply((lock) => lock?.days),
    };
  }

  /**
   * A bucket that exists, in AWS or in any other store that speaks S3. Nothing about it is changed.
   * @param options A generated master key is protected unless `protect` is false. A target under another name keeps its key by
   * `aliases: [{ name: "the old one" }]`.
   */
  static existing(
    name: string,
    args: ExistingBackupTargetArgs,
    options: pulumi.ComponentResourceOptions = {},
  ): BackupTarget {
    return new BackupTarget(name, new Existing(args), options);
  }
}

/** The name in the program of a target; undefined for the `ref` of one, whose name is known only later. */
export function targetNameOf(target: BackupTargetInput): string | undefined {
  return isOfKind<BackupTarget>("backupTarget", target) ? target.targetName : undefined;
}

function existingStore(component: string, args: ExistingBackupTargetArgs): Store {
  const { credentials, masterKey, ...rest } = checkedInputs(component, existingBucket, args);
  return {
    ...rest,
    accessKeyId: credentials.accessKeyId,
    secretAccessKey: credentials.secretAccessKey,
    masterKey: args.masterKey === undefined ? undefined : (masterKey as pulumi.Output<string>),
  };
}
