import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketTaggingCommand,
  DeleteObjectsCommand,
  GetBucketTaggingCommand,
  HeadBucketCommand,
  ListObjectVersionsCommand,
  PutBucketTaggingCommand,
} from "@aws-sdk/client-s3";
import { z } from "zod";
import type { Properties } from "./property-values.js";
import type { Account, ResourceType } from "./resource-type.js";
import { tagList, tagRecord } from "./tags.js";

const given = z.object({
  bucket: z.string(),
  forceDestroy: z.boolean().default(false),
  tags: z.record(z.string(), z.string()).default({}),
});

/** `aws:s3/bucket:Bucket`. */
export const bucket: ResourceType = {
  named: "bucket",
  fixed: ["bucket"],
  async create(account, inputs) {
    const { bucket: Bucket, tags } = given.parse(inputs);
    await account.s3.send(new CreateBucketCommand({ Bucket }));
    await setTags(account, Bucket, tags);
    return { id: Bucket, outputs: outputs(account, Bucket, inputs) };
  },
  async read(account, id, inputs) {
    await account.s3.send(new HeadBucketCommand({ Bucket: id }));
    const found = await account.s3.send(new GetBucketTaggingCommand({ Bucket: id })).catch(() => undefined);
    const tags = tagRecord(found?.TagSet);
    return outputs(account, id, { ...inputs, ...(Object.keys(tags).length > 0 && { tags }) });
  },
  async update(account, id, inputs) {
    await setTags(account, id, given.parse(inputs).tags);
    return outputs(account, id, inputs);
  },
  async delete(account, id, old) {
    if (given.parse(old).forceDestroy) await empty(account, id);
    await account.s3.send(new DeleteBucketCommand({ Bucket: id }));
  },
};

function outputs({ region }: Account, name: string, inputs: Properties): Properties {
  return { ...inputs, bucket: name, arn: `arn:aws:s3:::${name}`, region, bucketRegion: region };
}

async function setTags({ s3 }: Account, Bucket: string, tags: Record<string, string>): Promise<void> {
  if (Object.keys(tags).length === 0) await s3.send(new DeleteBucketTaggingCommand({ Bucket }));
  else await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: tagList(tags) } }));
}

/** Removes all versions, as `forceDestroy` does. */
async function empty({ s3 }: Account, Bucket: string): Promise<void> {
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) return;
    const removal = { Bucket, Delete: { Objects }, BypassGovernanceRetention: true };
    const { Errors: [error] = [] } = await s3.send(new DeleteObjectsCommand(removal));
    if (error) throw new Error(`Cannot remove ${error.Key}: ${error.Code}`);
  }
}
