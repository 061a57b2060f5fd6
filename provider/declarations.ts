import type { Connection, HostRef } from "./model/connection.js";

/** A logical volume, or a thin pool, that a resource of the program stands for. */
export interface DeclaredVolume {
  readonly owner: string;
  readonly identity: string | undefined;
  /** Identity of the Host resource that it is made on; undefined while that is not known. */
  readonly madeBy: string | undefined;
  readonly volumeGroup: string;
  readonly name: string;
  /** The thin pool that holds it; undefined for a linear volume and for a pool. */
  readonly pool: string | undefined;
  readonly sizeBytes: number;
  /** LVM's UUID of the logical volume that is taken over. */
  readonly adopt: string | undefined;
}

/** A drive of a microVM that an attachment of the program stands for. */
export interface DeclaredDrive {
  readonly identity?: string | undefined;
  readonly microVm: string;
  readonly driveId: string;
  readonly isRootDevice: boolean;
}

/**
 * What the program's resources will bring about on one host, noted as the engine checks them one after the other.
 * A preview knows only this of a pool that does not exist yet.
 */
export class Declarations {
  /** Volume groups that will be made. */
  readonly volumeGroups = new Set<string>();
  /** Disks that a volume group of the program takes, and its name. */
  readonly disks = new Map<string, string>();
  /** Thin pools of the program, by owner. */
  readonly pools = new Map<string, DeclaredVolume>();
  /** Volumes of the program, by owner. */
  readonly volumes = new Map<string, DeclaredVolume>();
  /** Attachments of the program, by owner. */
  readonly drives = new Map<string, DeclaredDrive>();
}

const byAddress = new Map<string, Declarations>();

/** Where a host is, with the way there: behind another bastion the same address is another machine. */
function addressOf({ jumpHosts, address, port }: Connection): string {
  return [...jumpHosts, { address, port }].map((each) => `${each.address}:${each.port}`).join(" ");
}

/** What this process knows that the program will make on a host. */
export function declarationsOn(host: HostRef): Declarations {
  const at = addressOf(host.connection);
  const declarations = byAddress.get(at) ?? new Declarations();
  byAddress.set(at, declarations);
  return declarations;
}

/** A Host of the program, and where it says that the machine is. */
interface DeclaredHost {
  readonly name: string;
  readonly address: string;
}

const byMachine = new Map<string, DeclaredHost>();

/**
 * Notes that a Host of the program is a machine.
 * @returns Another Host of the program that is the same machine, and says that it is elsewhere.
 */
export function declareMachine(machineId: string, { name, connection }: HostRef): DeclaredHost | undefined {
  const declared = { name, address: addressOf(connection) };
  const other = byMachine.get(machineId);
  if (other !== undefined && other.name !== name && other.address !== declared.address) return other;
  byMachine.set(machineId, declared);
  return undefined;
}
