import * as pulumi from "@pulumi/pulumi";
import { shell } from "./shell.js";

/** A generated master key, kept in the state as a secret. It is made once and stays the same. */
export class MasterKey extends pulumi.dynamic.Resource {
  /** Base64 of 32 random bytes. */
  declare readonly key: pulumi.Output<string>;

  constructor(name: string, options: pulumi.CustomResourceOptions) {
    const secret = { additionalSecretOutputs: ["key"] };
    super(shell("masterKey"), name, { key: undefined }, pulumi.mergeOptions(options, secret), "lvm", "MasterKey");
  }
}
