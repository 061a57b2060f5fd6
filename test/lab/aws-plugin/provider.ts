import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { IAMClient } from "@aws-sdk/client-iam";
import { S3Client } from "@aws-sdk/client-s3";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { z } from "zod";
import { bucket } from "./bucket.js";
import * as settings from "./bucket-settings.js";
import * as iam from "./iam.js";
import { fromWire, isSame, isUnknown, type Properties, toWire } from "./property-values.js";
import type { Account, ResourceType } from "./resource-type.js";

const types: Record<string, ResourceType> = {
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketVersioning:BucketVersioning": settings.bucketVersioning,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": settings.bucketEncryption,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": settings.bucketPublicAccessBlock,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": settings.bucketOwnershipControls,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": settings.bucketLifecycle,
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": settings.bucketObjectLock,
  "aws:s3/bucketPolicy:BucketPolicy": settings.bucketPolicy,
  "aws:iam/user:User": iam.user,
  "aws:iam/userPolicy:UserPolicy": iam.userPolicy,
  "aws:iam/accessKey:AccessKey": iam.accessKey,
};

/** Settings of the provider that are not strings come as JSON. */
const json = z.string().transform((text) => JSON.parse(text) as unknown);
const configuration = z.object({
  region: z.string(),
  accessKey: z.string(),
  secretKey: z.string(),
  customCaBundle: z.string(),
  endpoints: json.pipe(z.array(z.record(z.string(), z.string()))),
});

/** The engine's requests (pulumi/pulumi, proto/pulumi/provider.proto), each by its name there. */
export class Provider {
  #account: Account | undefined;

  getPluginInfo(): PluginInfo {
    const { version } = require("@pulumi/aws/package.json") as { version: string };
    return new PluginInfo().setVersion(version);
  }

  checkConfig(request: messages.CheckRequest): messages.CheckResponse {
    return new messages.CheckResponse().setInputs(request.getNews());
  }

  diffConfig(): messages.DiffResponse {
    return new messages.DiffResponse().setChanges(messages.DiffResponse.DiffChanges.DIFF_NONE);
  }

  configure(request: messages.ConfigureRequest): messages.ConfigureResponse {
    const { region, accessKey, secretKey, customCaBundle, endpoints } = configuration.parse(
      fromWire(request.getArgs()),
    );
    const { s3, iam: iamEndpoint } = Object.assign({}, ...endpoints) as Record<string, string>;
    const common = {
      region,
      credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
      requestHandler: { httpsAgent: { ca: readFileSync(customCaBundle, "utf8") } },
    };
    if (s3 === undefined || iamEndpoint === undefined) throw new Error("Endpoints of S3 and IAM are needed");
    this.#account = {
      s3: new S3Client({ ...common, endpoint: s3, forcePathStyle: true }),
      iam: new IAMClient({ ...common, endpoint: iamEndpoint }),
      region,
    };
    return new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
  }

  check(request: messages.CheckRequest): messages.CheckResponse {
    const { named } = typeOf(request);
    const inputs = request.getNews();
    if (named === undefined || inputs?.toJavaScript()[named] !== undefined)
      return new messages.CheckResponse().setInputs(inputs);
    const made = `${request.getUrn().split("::").at(-1)}-${randomBytes(4).toString("hex").slice(0, 7)}`;
    const name = fromWire(request.getOlds())[named] ?? made.toLowerCase();
    return new messages.CheckResponse().setInputs(toWire({ ...inputs?.toJavaScript(), [named]: name }));
  }

  diff(request: messages.DiffRequest): messages.DiffResponse {
    const { fixed } = typeOf(request);
    const [before, after] = [fromWire(request.getOldInputs()), fromWire(request.getNews())];
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    const changed = keys.filter((key) => !key.startsWith("__") && !isSame(before[key], after[key]));
    const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
    return new messages.DiffResponse()
      .setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE)
      .setDiffsList(changed)
      .setReplacesList(changed.filter((key) => fixed.includes(key)));
  }

  async create(request: messages.CreateRequest): Promise<messages.CreateResponse> {
    const inputs = fromWire(request.getProperties());
    if (request.getPreview()) return new messages.CreateResponse().setProperties(toWire(inputs));
    const { id, outputs } = await typeOf(request).create(this.#configured(), inputs);
    return new messages.CreateResponse().setId(id).setProperties(toWire(outputs));
  }

  async read(request: messages.ReadRequest): Promise<messages.ReadResponse> {
    const [inputs, outputs] = [fromWire(request.getInputs()), fromWire(request.getProperties())];
    try {
      const found = await typeOf(request).read(this.#configured(), request.getId(), inputs, outputs);
      const stated: Properties = Object.fromEntries(Object.keys(inputs).map((key) => [key, found[key]]));
      return new messages.ReadResponse().setId(request.getId()).setProperties(toWire(found)).setInputs(toWire(stated));
    } catch (error) {
      // An answer without an id says that it is gone.
      if (isGone(error)) return new messages.ReadResponse();
      throw error;
    }
  }

  async update(request: messages.UpdateRequest): Promise<messages.UpdateResponse> {
    const [inputs, outputs] = [fromWire(request.getNews()), fromWire(request.getOlds())];
    if (request.getPreview() || isUnknown(inputs))
      return new messages.UpdateResponse().setProperties(toWire({ ...outputs, ...inputs }));
    const updated = await typeOf(request).update(this.#configured(), request.getId(), inputs, outputs);
    return new messages.UpdateResponse().setProperties(toWire(updated));
  }

  async delete(request: messages.DeleteRequest): Promise<Empty> {
    try {
      await typeOf(request).delete(this.#configured(), request.getId(), fromWire(request.getProperties()));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    return new Empty();
  }

  cancel(): Empty {
    return new Empty();
  }

  #configured(): Account {
    if (!this.#account) throw new Error("The provider is not configured");
    return this.#account;
  }
}

function typeOf(request: { getUrn(): string }): ResourceType {
  const token = request.getUrn().split("::")[2]?.split("$").at(-1) ?? "";
  const type = types[token];
  if (!type) throw new Error(`The stand-in for the AWS provider does not know the type ${token}`);
  return type;
}

function isGone(error: unknown): boolean {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404;
}
