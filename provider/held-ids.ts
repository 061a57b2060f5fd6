const held = new Set<string>();

/** Notes identities that resources of the state hold, as far as the engine has shown them to this process. */
export function holdIds(...ids: readonly (string | undefined)[]): void {
  for (const id of ids) if (id !== undefined && id !== "") held.add(id);
}

/** Notes that the resource which held them is deleted. */
export function releaseIds(...ids: readonly (string | undefined)[]): void {
  for (const id of ids) if (id !== undefined) held.delete(id);
}

/** Whether a resource of the state holds it: what carries it on a host is not to be had for another one. */
export const isHeld = (id: string): boolean => held.has(id);

/** All of them, for a script: words with a space between. */
export const heldIds = (): string => [...held].join(" ");
