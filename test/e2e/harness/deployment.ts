import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  type CommandError,
  LocalWorkspace,
  type Stack,
  type Deployment as StackState,
} from "@pulumi/pulumi/automation/index.js";
import type { Spec } from "../../support/spec.js";

const repository = resolve(__dirname, "../../..");

/** What one run of the Pulumi CLI did. `changes` counts resources by what was done to them, such as `{ create: 3, same: 1 }`. */
export interface Outcome {
  readonly isOk: boolean;
  readonly output: string;
  readonly changes: Record<string, number>;
}

/**
 * The changes of a run that must have succeeded.
 * @throws {Error} With all that the CLI printed, if it did not.
 */
export function changesOf(outcome: Outcome): Record<string, number> {
  if (!outcome.isOk) throw new Error(`The Pulumi CLI failed:\n${outcome.output}`);
  return outcome.changes;
}

/**
 * What the CLI printed in a run that must have failed.
 * @throws {Error} If it succeeded.
 */
export function refusalOf(outcome: Outcome): string {
  if (outcome.isOk) throw new Error(`The Pulumi CLI succeeded, and should not have:\n${outcome.output}`);
  return outcome.output;
}

export interface DeploymentOptions {
  /** Environment of the Pulumi CLI beside the lab's. */
  readonly env?: Record<string, string>;
  /** Secrets of the stack's configuration. */
  readonly secrets?: Record<string, string>;
  /** The stack's name, when a test needs it to be the same in every run; unique unless told. */
  readonly stackName?: string;
  /** The project's name; e2e unless told. */
  readonly project?: string;
}

function nameProject(directory: string, project: string): void {
  const file = join(directory, "Pulumi.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace(/^name: .*/m, `name: ${project}`));
}

/** A stack of test/e2e/program in a folder of its own, deployed by the real Pulumi CLI. */
export class Deployment {
  readonly directory: string;
  #stack: Stack;
  readonly #env: Record<string, string>;
  readonly #specFile: string;
  #declared: Spec | undefined;

  private constructor(directory: string, specFile: string, stack: Stack, env: Record<string, string>) {
    this.directory = directory;
    this.#env = env;
    this.#specFile = specFile;
    this.#stack = stack;
  }

  static async open(name: string, options: DeploymentOptions = {}): Promise<Deployment> {
    const directory = mkdtempSync(join(tmpdir(), `pulumi-lvm-${name}-`));
    cpSync(join(__dirname, "../program"), directory, { recursive: true });
    symlinkSync(join(repository, "node_modules"), join(directory, "node_modules"));
    symlinkSync(join(repository, "test/lab/aws-plugin"), join(directory, "aws-plugin"));
    const specFile = join(directory, "spec.json");
    if (options.project !== undefined) nameProject(directory, options.project);
    // Names of stacks outlive a test in the backend of a lab that is kept, so each run has its own.
    const stackName = options.stackName ?? `${name}-${Date.now().toString(36)}`;
    const envVars = { SPEC: specFile, ...options.env };
    const stack = await LocalWorkspace.createOrSelectStack({ stackName, workDir: directory }, { envVars });
    for (const [key, value] of Object.entries(options.secrets ?? {}))
      await stack.setConfig(key, { value, secret: true });
    return new Deployment(directory, specFile, stack, envVars);
  }

  /** Fully qualified, as a StackReference takes it. */
  get stackName(): string {
    return `organization/e2e/${this.#stack.name}`;
  }

  declare(spec: Spec): this {
    this.#declared = spec;
    mkdirSync(this.directory, { recursive: true });
    writeFileSync(this.#specFile, JSON.stringify(spec));
    return this;
  }

  /** Previews what was declared, or another spec; what was declared stays. */
  async preview(spec?: Spec): Promise<Outcome> {
    const declared = this.#declared;
    if (spec) this.declare(spec);
    try {
      return await this.#preview();
    } finally {
      if (declared) this.declare(declared);
    }
  }

  #preview(): Promise<Outcome> {
    return this.#run(async (onOutput) => (await this.#stack.preview({ onOutput })).changeSummary);
  }

  up(
    spec?: Spec,
    options: {
      logToStdErr?: boolean;
      logVerbosity?: number;
      replace?: string[];
      continueOnError?: boolean;
      onOutput?: (text: string) => void;
    } = {},
  ): Promise<Outcome> {
    if (spec) this.declare(spec);
    return this.#run(async (onOutput) => {
      const { onOutput: also, ...rest } = options;
      const both = (text: string) => {
        onOutput(text);
        also?.(text);
      };
      return (await this.#stack.up({ onOutput: both, onError: both, ...rest })).summary.resourceChanges;
    });
  }

  refresh(): Promise<Outcome> {
    return this.#run(async (onOutput) => (await this.#stack.refresh({ onOutput })).summary.resourceChanges);
  }

  destroy(): Promise<Outcome> {
    return this.#run(async (onOutput) => (await this.#stack.destroy({ onOutput })).summary.resourceChanges);
  }

  /** The outputs of the resources in the state, by resource name. */
  async state(): Promise<
    Record<string, { id: string; type: string; inputs: Record<string, unknown>; outputs: Record<string, unknown> }>
  > {
    const { deployment } = await this.#stack.exportStack();
    return Object.fromEntries(
      (deployment?.resources ?? []).map((resource: { urn: string }) => [resource.urn.split("::").at(-1), resource]),
    );
  }

  /** The whole state as Pulumi's backend keeps it, secrets encrypted. */
  async exported(): Promise<string> {
    // The automation API asks for the secrets in clear; a user who exports a stack does not.
    const run = promisify(execFile);
    const options = { cwd: this.directory, env: { ...process.env, ...this.#env }, maxBuffer: 2 ** 26 };
    return (await run("pulumi", ["stack", "export", "--stack", this.#stack.name], options)).stdout;
  }

  /** Runs a command of the Pulumi CLI that changes the state and nothing else. */
  async changeState(...args: string[]): Promise<void> {
    const options = { cwd: this.directory, env: { ...process.env, ...this.#env } };
    await promisify(execFile)("pulumi", [...args, "--stack", this.#stack.name, "--non-interactive"], options);
  }

  /** Gives the stack another name: `pulumi stack rename`. With a project, the program's project gets that name too. */
  async rename(stackName: string, project?: string): Promise<void> {
    await this.changeState(
      "stack",
      "rename",
      project === undefined ? stackName : `organization/${project}/${stackName}`,
    );
    if (project !== undefined) nameProject(this.directory, project);
    this.#stack = await LocalWorkspace.selectStack({ stackName, workDir: this.directory }, { envVars: this.#env });
  }

  /** Puts a state in place of the stack's, as `pulumi stack import` does. */
  import(state: StackState): Promise<void> {
    return this.#stack.importStack(state);
  }

  /** The same with a state that is not encrypted. The stack must have a secret of its own. */
  async importInClear(state: StackState): Promise<void> {
    const { encryptionSalt: salt } = await this.#stack.workspace.stackSettings(this.#stack.name);
    const secrets_providers = { type: "passphrase", state: { salt } };
    await this.import({ ...state, deployment: { ...state.deployment, secrets_providers } });
  }

  /** The state as it lies in the lab's backend, which is a directory: what somebody finds who gets hold of it. */
  stateFile(): string {
    const backend = fileURLToPath(process.env["PULUMI_BACKEND_URL"] ?? "");
    return readFileSync(join(backend, ".pulumi/stacks/e2e", `${this.#stack.name}.json`), "utf8");
  }

  async outputs(): Promise<Record<string, unknown>> {
    return Object.fromEntries(Object.entries(await this.#stack.outputs()).map(([key, { value }]) => [key, value]));
  }

  /** Ends an update that a test has killed. */
  cancel(): Promise<void> {
    return this.#stack.cancel();
  }

  /** Removes the stack's folder; the resources must be gone. */
  async close(): Promise<void> {
    await this.#stack.workspace.removeStack(this.#stack.name, { force: true });
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #run(
    command: (onOutput: (text: string) => void) => Promise<Record<string, number | undefined> | undefined>,
  ): Promise<Outcome> {
    let output = "";
    const onOutput = (text: string) => {
      output += text;
    };
    try {
      const changes = await command(onOutput);
      return { isOk: true, output, changes: (changes ?? {}) as Record<string, number> };
    } catch (error) {
      return { isOk: false, output: output === "" ? (error as CommandError).message : output, changes: {} };
    }
  }
}
