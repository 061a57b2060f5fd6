import * as pulumi from "@pulumi/pulumi";

/** A resource that a program has registered. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** Begins a deployment with mocks, as users' unit tests do. */
export function mockDeployment(onResource: (resource: Registered) => void): Promise<void> {
  return pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs }) {
        onResource({ type, name, inputs });
        return { id: `${name}-id`, state: { volumeId: `${name}-volume`, ...inputs } };
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
