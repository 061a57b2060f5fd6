import * as IAM from "@aws-sdk/client-iam";
import { z } from "zod";
import { asWritten } from "./bucket-settings.js";
import { type Properties, secret } from "./property-values.js";
import type { Account, ResourceType } from "./resource-type.js";
import { tagList, tagRecord } from "./tags.js";

const userInputs = z.object({ name: z.string(), tags: z.record(z.string(), z.string()).default({}) });

/** `aws:iam/user:User`. */
export const user: ResourceType = {
  named: "name",
  fixed: ["name"],
  async create({ iam }, inputs) {
    const { name, tags } = userInputs.parse(inputs);
    const { User } = await iam.send(new IAM.CreateUserCommand({ UserName: name, Tags: tagList(tags) }));
    return { id: name, outputs: { ...inputs, arn: User?.Arn } };
  },
  async read({ iam }, id, inputs) {
    const { User } = await iam.send(new IAM.GetUserCommand({ UserName: id }));
    const tags = tagRecord(User?.Tags);
    return { ...inputs, name: id, arn: User?.Arn, ...(Object.keys(tags).length > 0 && { tags }) };
  },
  async update({ iam }, id, inputs, outputs) {
    const { tags } = userInputs.parse(inputs);
    const gone = Object.keys(userInputs.parse(outputs).tags).filter((key) => !(key in tags));
    if (gone.length > 0) await iam.send(new IAM.UntagUserCommand({ UserName: id, TagKeys: gone }));
    await iam.send(new IAM.TagUserCommand({ UserName: id, Tags: tagList(tags) }));
    return { ...inputs, arn: outputs["arn"] };
  },
  async delete({ iam }, id) {
    await iam.send(new IAM.DeleteUserCommand({ UserName: id }));
  },
};

const policyInputs = z.object({ user: z.string(), name: z.string(), policy: z.string() });

/** `aws:iam/userPolicy:UserPolicy`. */
export const userPolicy: ResourceType = {
  named: "name",
  fixed: ["user", "name"],
  async create(account, inputs) {
    const { user: userName, name } = policyInputs.parse(inputs);
    await putPolicy(account, inputs);
    return { id: `${userName}:${name}`, outputs: inputs };
  },
  async read({ iam }, id, inputs) {
    const [UserName, PolicyName] = id.split(":");
    const { PolicyDocument } = await iam.send(new IAM.GetUserPolicyCommand({ UserName, PolicyName }));
    const policy = asWritten(decodeURIComponent(`${PolicyDocument}`), inputs["policy"]);
    return { user: UserName, name: PolicyName, policy };
  },
  async update(account, _id, inputs) {
    await putPolicy(account, inputs);
    return inputs;
  },
  async delete({ iam }, id) {
    const [UserName, PolicyName] = id.split(":");
    await iam.send(new IAM.DeleteUserPolicyCommand({ UserName, PolicyName }));
  },
};

async function putPolicy({ iam }: Account, inputs: Properties): Promise<void> {
  const { user: UserName, name: PolicyName, policy: PolicyDocument } = policyInputs.parse(inputs);
  await iam.send(new IAM.PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument }));
}

const keyInputs = z.object({ user: z.string() });

/** `aws:iam/accessKey:AccessKey`. */
export const accessKey: ResourceType = {
  fixed: ["user"],
  async create({ iam }, inputs) {
    const { AccessKey: key } = await iam.send(
      new IAM.CreateAccessKeyCommand({ UserName: keyInputs.parse(inputs).user }),
    );
    if (!key?.AccessKeyId) throw new Error("AWS gave no access key");
    return { id: key.AccessKeyId, outputs: { ...inputs, status: key.Status, secret: secret(key.SecretAccessKey) } };
  },
  async read({ iam }, id, _inputs, outputs) {
    const keys = await iam.send(new IAM.ListAccessKeysCommand({ UserName: keyInputs.parse(outputs).user }));
    const key = keys.AccessKeyMetadata?.find(({ AccessKeyId }) => AccessKeyId === id);
    if (!key) throw Object.assign(new Error(`Access key ${id} is gone`), { $metadata: { httpStatusCode: 404 } });
    return { ...outputs, status: key.Status, secret: secret(outputs["secret"]) };
  },
  async update(_account, _id, inputs, outputs) {
    return { ...outputs, ...inputs, secret: secret(outputs["secret"]) };
  },
  async delete({ iam }, id, outputs) {
    await iam.send(new IAM.DeleteAccessKeyCommand({ UserName: keyInputs.parse(outputs).user, AccessKeyId: id }));
  },
};
