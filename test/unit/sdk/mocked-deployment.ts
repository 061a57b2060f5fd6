import * as pulumi from "@pulumi/pulumi";
import { MACHINE_ID } from "../../support/samples.js";

/** A resource that a program has registered. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** The id of every Volume. */
export const VOLUME_ID = "11111111-2222-3333-4444-555555555555";

/** Others name a Host and a Volume by their ids, which have a form. */
function idOf(type: string, name: string): string {
  const ids = { Host: MACHINE_ID, Volume: VOLUME_ID };
  return ids[type.replace("pulumi-nodejs:dynamic/lvm:", "") as keyof typeof ids] ?? `${name}-id`;
}

/**
 * Begins a deployment with mocks, as users' unit tests do.
 * @param exported What each StackReference finds, by the names of outputs; those that hold secrets by their names.
 */
export function mockDeployment(
  onResource: (resource: Registered) => void,
  exported: { readonly outputs?: object; readonly secretOutputNames?: readonly string[] } = {},
): Promise<void> {
  return pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs }) {
        if (type === "pulumi:pulumi:StackReference") return { id: name, state: { ...inputs, ...exported } };
        onResource({ type, name, inputs });
        return { id: idOf(type, name), state: { recoveryPoint: `${name}-point`, ...inputs } };
      },
      call: () => ({}),
    },
    "infra",
    "prod",
    false,
    "acme",
  );
}

/** Arguments of a target whose bucket exists. */
export const bucketThatExists = {
  endpoint: "https://s3.example.com",
  bucket: "backups",
  credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "not-a-key" },
  masterKey: Buffer.alloc(32, 7).toString("base64"),
};
