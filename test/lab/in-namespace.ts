import { existsSync, statSync } from "node:fs";
import { namespaceFile } from "./network.js";

/**
 * Puts what it takes in front of a command to run it in the lab's network namespace; nothing when this process is in it
 * already, or when there is none because the hosts are real machines.
 */
export function inNamespace(namespace: string, argv: readonly string[]): string[] {
  if (!existsSync(namespaceFile(namespace)) || isInNamespace(namespace)) return [...argv];
  return ["nsenter", `--net=${namespaceFile(namespace)}`, "--", ...argv];
}

/** Tells whether this process runs in the namespace. */
export function isInNamespace(namespace: string): boolean {
  const file = namespaceFile(namespace);
  if (!existsSync(file)) return false;
  const [theirs, ours] = [statSync(file), statSync("/proc/self/ns/net")];
  return theirs.dev === ours.dev && theirs.ino === ours.ino;
}
