import { z } from "zod";
import { LabError } from "./lab-error.js";

/** An S3 and IAM server of the lab. Its bucket settings, versions and policies are those of AWS; its data are files. */
export const labS3Server = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  /** S3 over TLS, with the bucket in the path. */
  endpoint: z.url({ protocol: /^https$/ }),
  /** The same without TLS. */
  plainEndpoint: z.url({ protocol: /^http$/ }),
  /** IAM over TLS. */
  iamEndpoint: z.url({ protocol: /^https$/ }),
  region: z.string().min(1),
  /** PEM; nothing trusts it but what is told to. */
  caCertificateFile: z.string().min(1),
  /** Keys of the account's root, who may do anything. */
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  /** Directory on this machine: the current version of an object is the file `<bucket>/<key>`. */
  objects: z.string().startsWith("/"),
  /** Directory on this machine with the noncurrent versions. */
  versions: z.string().startsWith("/"),
});
export type LabS3 = z.infer<typeof labS3Server>;

/**
 * The S3 server of the lab that this process runs in; each worker of jest has its own.
 * @throws {LabError} If there is none, or LAB_S3 is not what it should be. Suites let it fail the run: they never skip.
 */
export function labS3(): LabS3 {
  const text = process.env["LAB_S3"];
  if (!text) {
    throw new LabError(
      "Cannot find the lab's S3 server: LAB_S3 is not set",
      "Run the suite inside the lab: npm run e2e, or npm run lab -- run -- jest PATH",
    );
  }
  try {
    const servers = z.array(labS3Server).min(1).parse(JSON.parse(text));
    const worker = Number(process.env["JEST_WORKER_ID"] ?? 1);
    const own = servers[worker - 1];
    if (own === undefined) throw new Error(`there are ${servers.length} servers, too few for worker ${worker} of jest`);
    return own;
  } catch (cause) {
    const detail = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new LabError(
      `Cannot read the lab's S3 server from LAB_S3: ${detail}`,
      "The lab sets it: see test/lab/README.md",
      {
        cause,
      },
    );
  }
}
