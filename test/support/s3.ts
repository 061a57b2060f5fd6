import { readFileSync } from "node:fs";
import { IAMClient } from "@aws-sdk/client-iam";
import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  type HeadBucketCommand,
  ListObjectVersionsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { LabS3 } from "../lab/index.js";

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A client of the lab's S3, past the code under test; as the account's root unless told. */
export function s3Client(server: LabS3, keys: Keys = server, endpoint: string = server.endpoint): S3Client {
  // A body of over 2 MiB is announced first, by an agent of its own that does not know the lab's certificate authority.
  const expectContinueHeader = false;
  return new S3Client({ ...clientOptions(server, keys), endpoint, forcePathStyle: true, expectContinueHeader });
}

/** A client of the lab's IAM, past the code under test; as the account's root unless told. */
export function iamClient(server: LabS3, keys: Keys = server): IAMClient {
  return new IAMClient({ ...clientOptions(server, keys), endpoint: server.iamEndpoint });
}

function clientOptions(server: LabS3, { accessKeyId, secretAccessKey }: Keys) {
  return {
    region: server.region,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
    requestHandler: { httpsAgent: { ca: readFileSync(server.caCertificateFile, "utf8") } },
  };
}

/** Removes a bucket with all versions in it, also those that are locked under governance. */
export async function removeBucket(s3: S3Client, bucket: string): Promise<void> {
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    const all = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (all.length === 0) break;
    const removal = { Bucket: bucket, Delete: { Objects: all }, BypassGovernanceRetention: true };
    const { Errors: [error] = [] } = await s3.send(new DeleteObjectsCommand(removal));
    if (error) throw new Error(`Cannot remove ${error.Key} from bucket "${bucket}": ${error.Code}`);
  }
  await s3.send(new DeleteBucketCommand({ Bucket: bucket }));
}

/** The code of the error that a request must end with. */
export async function refused(client: S3Client, command: object): Promise<string> {
  try {
    // The commands' types have nothing in common.
    await client.send(command as HeadBucketCommand);
  } catch (error) {
    return (error as Error).name;
  }
  throw new Error(`${command.constructor.name} succeeded, and should not have`);
}
