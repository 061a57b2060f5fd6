import { delimiter, dirname, join } from "node:path";
import type { LabDir } from "./lab-dir.js";
import type { LabState } from "./lab-state.js";

const repository = dirname(dirname(__dirname));

/** The environment of a command in the lab: this process's own, with what leads to the hosts, the S3 servers and the Pulumi CLI. */
export function labEnvironment(dir: LabDir, state: LabState): Record<string, string> {
  const modules = join(repository, "node_modules");
  const path = [
    // The project's own Node and not the machine's, which may be older than the Pulumi SDK takes.
    join(modules, "node", "bin"),
    join(modules, ".bin"),
    ...state.cli,
    // pulumi-resource-pulumi-nodejs, the plugin that runs dynamic providers, is at the top of the SDK's package.
    join(modules, "@pulumi", "pulumi"),
    process.env["PATH"] ?? "",
  ];
  return {
    LAB_HOSTS: JSON.stringify(state.hosts),
    LAB_S3: JSON.stringify(state.s3),
    LAB_DIR: dir.path,
    // Compiled once and not by each program and each dynamic provider that the CLI starts.
    NODE_COMPILE_CACHE: join(dir.path, "node-compile-cache"),
    PATH: path.join(delimiter),
    PULUMI_BACKEND_URL: `file://${dir.backend}`,
    PULUMI_CONFIG_PASSPHRASE: "lab-passphrase",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_HOME: dir.pulumiHome,
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
}
