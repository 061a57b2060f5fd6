import type { Stack } from "@pulumi/pulumi/automation/index.js";
import type { LabS3 } from "../../lab/index.js";
import { awsOf } from "../../support/spec.js";

/** Configures the AWS provider of a stack for the lab, as a user does for an account: by `aws:` keys. */
export async function configureAws(stack: Stack, server: LabS3): Promise<void> {
  for (const [key, value] of Object.entries(awsOf(server)))
    await stack.setConfig(`aws:${key}`, { value: typeof value === "string" ? value : JSON.stringify(value) });
}
