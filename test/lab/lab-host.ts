import { z } from "zod";
import { LabError } from "./lab-error.js";

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
});
export type LabHost = z.infer<typeof labHost>;

/**
 * The hosts of the lab that this process runs in.
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
    return z.array(labHost).min(1).parse(JSON.parse(text));
  } catch (cause) {
    const detail = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new LabError(`Cannot read the lab's hosts from LAB_HOSTS: ${detail}`, "See test/lab/README.md for its form", {
      cause,
    });
  }
}
