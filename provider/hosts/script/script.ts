import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { quote } from "./quote.js";

/** One thing to do on a host: functions from a `.sh` file, the variables that they read, and the one to call. */
export interface Step {
  /** What this is, for errors, such as `create volume "data"`. */
  readonly title: string;
  /** Path of the script below `provider`, without ending, such as `resources/volume`. */
  readonly script: string;
  /** The function of that script to call. */
  readonly call: string;
  /** Values that the script reads. They travel on stdin and never in an argument list. */
  readonly variables: Readonly<Record<string, string>>;
  /** /etc/machine-id of the machine that this may run on; "" when it is not known yet. */
  readonly machineId: string;
  /** Identity of the Host resource that it is for; "" when it is not known. */
  readonly registration?: string;
  /** Time that the step may take beyond the connection's `runTimeoutSeconds`, in seconds; 0 when left out. */
  readonly seconds?: number;
  /** What of the host the step works on, such as a volume's id, when that is to be its own without the lock of the whole host. */
  readonly lock?: string;
  /** Is given each line that the step prints, as it comes. */
  readonly onLine?: ((line: string) => void) | undefined;
}

const directory = join(__dirname, "../..");
const texts = new Map<string, string>();

/** The text of a script file of the provider. */
export function scriptText(path: string): string {
  const text = texts.get(path) ?? readFileSync(join(directory, path), "utf8");
  texts.set(path, text);
  return text;
}

const LIBRARY = [
  "prelude",
  "events",
  "logical-volume",
  "room",
  "snapshots",
  "removal",
  "attachment-files",
  "backup-program",
  "uninstall",
];

/** The shell functions that scripts and the programs on a host share. */
export function shellLibrary(): string {
  return LIBRARY.map((name) => scriptText(`agent/lib/${name}.sh`)).join("\n");
}

/** A script to send, and the word that opens the sections of what it prints. */
export interface Script {
  readonly nonce: string;
  readonly text: string;
}

/** Seconds to wait for a lock: longer than any script that takes the host's. */
export const LOCK_SECONDS = 600;

/**
 * Makes one script of any number of steps, with a look at the whole host at the end if that is wanted.
 * Everything is a function and the call is the last line, so that a script whose end was lost does nothing.
 * Each step runs in a subshell of its own: one that fails does not keep the next from running.
 * @param isLocked Whether it takes the lock of the host around all steps. A step's own lock is taken around that step.
 */
export function composeScript(steps: readonly Step[], isLocked: boolean, isObserved = true): Script {
  const nonce = randomBytes(16).toString("hex");
  const paths = [...new Set(steps.map((step) => step.script))];
  const text = [
    `NONCE=${nonce}`,
    shellLibrary(),
    scriptText("hosts/observation/requirements.sh"),
    scriptText("hosts/observation/observe.sh"),
    ...paths.map((path) => `${definer(path)}() {\n:\n${scriptText(`${path}.sh`)}\n}`),
    "main() {",
    ...(isLocked
      ? [
          `mkdir -p "$RUN"`,
          `exec 9>"$RUN/lock"`,
          "section lock",
          `(lock_or_fail "$RUN/lock" ${LOCK_SECONDS}) || return 0`,
        ]
      : []),
    ...steps.flatMap(stepLines),
    ...(isObserved ? ["observe"] : []),
    // Asking programs for their versions takes long, and only a preview needs to know.
    ...(isObserved && steps.length === 0
      ? ["section outdated", "list_outdated", "section signatures", "list_signatures"]
      : []),
    "section end",
    "}",
    // In braces: a shell runs "main </dev", the line cut short, as readily.
    "{ main </dev/null; }",
    "",
  ].join("\n");
  return { nonce, text };
}

function stepLines(step: Step, index: number): string[] {
  const body = [
    `section 'step ${index}'`,
    "set +e",
    // The lock stays with the script: a daemon that a step starts must not inherit it.
    "(",
    "set -e",
    ...Object.entries(step.variables).map(([name, value]) => `${name}=${quote(value)}`),
    definer(step.script),
    `expect_machine ${quote(step.machineId)}`,
    `confirm_registration ${quote(step.registration ?? "")}`,
    step.call,
    ") 9>&-",
    `section "exit $?"`,
    "set -e",
  ];
  if (step.lock === undefined) return body;
  const file = `"$RUN/work-"${quote(step.lock)}.lock`;
  return [
    `section 'lock ${index}'`,
    `mkdir -p "$RUN"`,
    `exec 9>${file}`,
    `if (lock_or_fail ${file} ${LOCK_SECONDS}); then`,
    ...body,
    "fi",
    "exec 9>&-",
  ];
}

/** Name of the shell function that defines the functions of a script: two scripts may have some of the same name. */
const definer = (path: string): string => `define_${path.replaceAll(/[^a-z]/g, "_")}`;

/** What a script printed under one label. */
export interface Section {
  readonly label: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Splits what a script printed into its sections, in order. */
export function splitSections(nonce: string, stdout: string, stderr: string): Section[] {
  const split = (text: string): [string, string][] =>
    text
      .split(`\n@${nonce} `)
      .slice(1)
      .map((part) => {
        const end = part.indexOf("\n");
        return [part.slice(0, end), part.slice(end + 1)];
      });
  const errors = split(stderr);
  return split(stdout).map(([label, out], index) => ({ label, stdout: out, stderr: errors[index]?.[1].trim() ?? "" }));
}
