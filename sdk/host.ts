import * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs, HostRef } from "../provider/model/connection.js";
import { isOfKind, LvmResource } from "./resource.js";

export interface HostArgs {
  /** How the host is reached. Values of `password` and `privateKey` are kept as secrets; references to them are better. */
  readonly connection: pulumi.Input<pulumi.Unwrap<ConnectionArgs>>;
  /** Whether backups will run there, which needs restic, Python and pyfuse3. Default true. */
  readonly backups?: pulumi.Input<boolean>;
}

/** Whatever tells where something is: a Host of this program, or the `ref` of one of another stack. */
export type HostInput = Host | pulumi.Input<pulumi.Unwrap<HostRef>>;

/**
 * A host as an input of a resource. An object of outputs and not an output of an object: at preview a new host's machine-id is not
 * known yet, and its name and connection are.
 */
export interface HostLocation {
  readonly name: pulumi.Input<string>;
  readonly machineId: pulumi.Input<string>;
  /** What the Host resource is told by; undefined in what an older release has exported. */
  readonly identity: pulumi.Input<string | undefined>;
  readonly connection: pulumi.Input<ConnectionArgs>;
}

/** The connection with the credentials given as values marked as secrets, wherever they stand. */
function protect(connection: pulumi.Input<ConnectionArgs>): pulumi.Output<ConnectionArgs> {
  return pulumi.output(connection).apply((known) => {
    const all = [known, ...(known.jumpHosts ?? [])];
    const isSecret = all.some(({ password, privateKey }) => password !== undefined || privateKey !== undefined);
    return isSecret ? pulumi.secret(known) : pulumi.output(known);
  }) as pulumi.Output<ConnectionArgs>;
}

/**
 * A Linux machine reached over SSH. Making it checks what the host needs, registers the stack as one of its owners and installs
 * a few programs there; deleting it takes away what no other owner needs.
 */
export class Host extends LvmResource {
  /** /etc/machine-id: another machine at the same address is refused. */
  declare readonly machineId: pulumi.Output<string>;
  /** What tells this Host from others, whatever it is called; what is made on it carries it. */
  declare readonly identity: pulumi.Output<string>;
  /** What other stacks need in order to reach volumes on this host: pass it on as a stack output. */
  readonly ref: pulumi.Output<HostRef>;
  /** The host as an input of other resources. */
  readonly location: HostLocation;

  constructor(name: string, args: HostArgs, options: pulumi.CustomResourceOptions = {}) {
    const connection = protect(args.connection as pulumi.Input<ConnectionArgs>);
    const inputs = { host: { name, machineId: "", connection }, backups: args.backups };
    super("host", "Host", name, inputs, ["machineId", "identity", "programs"], options);
    this.location = { name, machineId: this.machineId, identity: this.identity, connection };
    this.ref = pulumi.output(this.location) as pulumi.Output<HostRef>;
  }
}

/** Whether it is a Host of this program, and not the `ref` of one. */
export const isHost = (host: unknown): host is Host => isOfKind<Host>("host", host);

const locations = new WeakMap<object, HostLocation>();

/** Where a host given in either way is; the same object for the same host. */
export function locationOf(host: HostInput): HostLocation {
  if (isHost(host)) return host.location;
  const known = locations.get(host);
  if (known !== undefined) return known;
  const ref = pulumi.output(host as pulumi.Input<HostRef>);
  const location = {
    name: ref.name,
    machineId: ref.machineId,
    identity: ref.identity,
    connection: ref.connection as pulumi.Output<ConnectionArgs>,
  };
  locations.set(host, location);
  return location;
}
