import * as pulumi from "@pulumi/pulumi";
import { configuredConnection } from "./configured-connection.js";
import { type ConnectionArgs, protectConnection } from "./connection.js";
import type { HostFields } from "./refs.js";
import { isOfKind, LvmResource } from "./resource.js";

export interface HostArgs {
  /**
   * How the host is reached. Values of `password` and `privateKey` are kept as secrets; references to them are better. Default: what the
   * stack's configuration has for the host's name in `lvm:hosts`, and for the rest `lvm:connection`.
   */
  readonly connection?: pulumi.Input<ConnectionArgs>;
  /** Whether backups will run there, which needs restic, Python and pyfuse3. Default true. */
  readonly backups?: pulumi.Input<boolean>;
  /**
   * How many scheduled backups, prunes and drills run there at a time; the others wait for their turn. Where several stacks use the host,
   * the lowest of their numbers counts. Default 2.
   */
  readonly maxConcurrentRuns?: pulumi.Input<number>;
}

/**
 * A Linux machine reached over SSH. Making it checks what the host needs, registers the stack as one of its owners and installs
 * a few programs there; deleting it takes away what no other owner needs.
 */
export class Host extends LvmResource {
  /** What tells this Host from others, whatever it is called; what is made on it carries it. */
  declare readonly identity: pulumi.Output<string>;
  /** The host as an argument of other resources: pass it on as a stack output, and resources of other stacks can be on it. */
  readonly ref: HostFields;

  /** @throws {pulumi.RunError} If neither the program nor the configuration says how it is reached. */
  constructor(name: string, args: HostArgs = {}, options: pulumi.CustomResourceOptions = {}) {
    const given = pulumi.output(args.connection ?? configuredConnection(name));
    const connection = protectConnection(given) as HostFields["connection"];
    const { backups, maxConcurrentRuns } = args;
    const inputs = { host: { name, machineId: "", connection }, backups, maxConcurrentRuns };
    super("host", "Host", name, inputs, ["identity", "programs", "notedRuns"], options);
    this.ref = { name: pulumi.output(name), machineId: this.machineId, identity: this.identity, connection };
  }

  /** /etc/machine-id: another machine at the same address is refused. */
  get machineId(): pulumi.Output<string> {
    // It is the id, which the engine knows in a preview that updates the host.
    return this.id;
  }
}

/** Whether it is a Host of this program, and not the `ref` of one. */
export const isHost = (host: unknown): host is Host => isOfKind<Host>("host", host);
