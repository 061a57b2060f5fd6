/** An owner for people: a resource of this stack as `volume/data`, one of another stack with its organization, project and stack. */
export function shortOwner(owner: string | undefined, stack: string): string {
  if (owner === undefined) return "";
  return owner.startsWith(`${stack}/`) ? owner.slice(stack.length + 1) : owner;
}
