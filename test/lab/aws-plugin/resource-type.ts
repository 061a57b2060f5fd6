import type { IAMClient } from "@aws-sdk/client-iam";
import type { S3Client } from "@aws-sdk/client-s3";
import type { Properties } from "./property-values.js";

/** The AWS account and region that a provider is configured for. */
export interface Account {
  readonly s3: S3Client;
  readonly iam: IAMClient;
  readonly region: string;
}

/** One resource type of the AWS provider. Properties are as `@pulumi/aws` names them. */
export interface ResourceType {
  /** Property that gets a name made from the resource's when the program gives none. */
  readonly named?: string;
  /** Properties whose change replaces the resource. */
  readonly fixed: readonly string[];
  create(account: Account, inputs: Properties): Promise<{ id: string; outputs: Properties }>;
  /**
   * The outputs as AWS knows them now.
   * @param inputs What the program states; empty in an import.
   * @throws An error of the SDK with status 404 if it is gone.
   */
  read(account: Account, id: string, inputs: Properties, outputs: Properties): Promise<Properties>;
  update(account: Account, id: string, inputs: Properties, outputs: Properties): Promise<Properties>;
  delete(account: Account, id: string, outputs: Properties): Promise<void>;
}
