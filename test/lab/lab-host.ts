import { z } from "zod";
import { LabError } from "./lab-error.js";
import { release } from "./release.js";

/** A host that the suites may do anything to. */
export const labHost = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  address: z.string().min(1),
  port: z.int().min(1).max(65_535),
  /** Logs in with the private key and is root. */
  user: z.string().min(1),
  /** Public host key: type and base64, as in known_hosts (sshd(8)). */
  hostKey: z.string().regex(/^\S+ \S+$/),
  privateKeyFile: z.string().min(1),
  /** Block devices that belong to the tests: what is on them is lost. */
  disks: z.array(z.string().startsWith("/dev/")).min(1),
  /** What runs there. A real machine may be something else. */
  release: release.optional(),
});
export type LabHost = z.infer<typeof labHost>;

/** Suites run side by side, each with a pair of hosts of its own: one of each release. */
export const HOSTS_A_WORKER = 2;

/**
 * The hosts of the lab that this process runs in; in a worker of jest, those that are its own.
 * @throws {LabError} If there is no lab, or LAB_HOSTS is not what it should be. Suites let it fail the run: they never skip.
 */
export function labHosts(): LabHost[] {
  const text = process.env["LAB_HOSTS"];
  if (!text) {
    throw new LabError(
      "Cannot find the lab's hosts: LAB_HOSTS is not set",
      "Run the suite inside the lab: npm run e2e, or npm run lab -- run -- jest PATH",
    );
  }
  try {
    const hosts = z.array(labHost).min(1).parse(JSON.parse(text));
    const worker = process.env["JEST_WORKER_ID"];
    if (worker === undefined) return hosts;
    const first = (Number(worker) - 1) * HOSTS_A_WORKER;
    const own = hosts.slice(first, first + HOSTS_A_WORKER);
    if (own.length === 0) throw new Error(`there are ${hosts.length} hosts, too few for worker ${worker} of jest`);
    return own;
  } catch (cause) {
    const detail = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new LabError(`Cannot read the lab's hosts from LAB_HOSTS: ${detail}`, "See test/lab/README.md for its form", {
      cause,
    });
  }
}
