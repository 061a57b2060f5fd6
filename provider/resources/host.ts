import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { declareMachine } from "../declarations.js";
import { defineResource } from "../define-resource.js";
import { SUPPORTED, unfitness } from "../hosts/observation/missing-command.js";
import { type HostInputs, hostInputs } from "../model/inputs/host.js";
import { VERSION } from "../model/version.js";
import { hostPrograms } from "./host-programs.js";

type Outputs = HostInputs & {
  /** /etc/machine-id. */
  machineId: string;
  /** Digest of the programs of ours that the host has for this stack; "" when they are not there. */
  programs: string;
  /** The `maxConcurrentRuns` that the host goes by for this stack; 0 when it has none. */
  notedRuns: number;
};

export const host = defineResource<typeof hostInputs, Outputs>({
  script: "host",
  noun: "host",
  inputs: hostInputs,

  check(inputs, observation) {
    const twin = declareMachine(observation.machineId, inputs.host);
    if (twin !== undefined) {
      const problem = {
        summary: `Host "${inputs.host.name}" is the same machine as Host "${twin.name}", at ${twin.address}`,
        detail: `its machine-id is ${observation.machineId}`,
        next: "Check where both addresses lead, and declare one Host a machine; if they are two machines, one was cloned from the other: give it a machine-id of its own (systemd-machine-id-setup(1))",
      };
      return [{ property: "host", problem }];
    }
    const found = unfitness(observation, inputs.backups);
    if (found === undefined) return [];
    const summary = `Host "${inputs.host.name}" ${found.what}`;
    return [{ property: "host", problem: { summary, detail: "", next: found.next } }];
  },

  reconcile: (inputs, id) => ({
    title: "set up our programs",
    call: "reconcile",
    variables: registration(inputs, id === undefined),
  }),

  idOf: (_facts, { machineId }) => machineId,

  identitiesOf: (owner, { owners }) => [...owners].flatMap(([file, each]) => (each.owner === owner ? [file] : [])),

  outputs({ inputs, observation }) {
    const { digest } = hostPrograms();
    const noted = observation.owners.get(fileOf(inputs));
    const isNoted = noted?.owner === inputs.owner && noted.digest === digest;
    const isThere = isNoted && observation.programs.includes(digest);
    const notedRuns = observation.runLimits.get(fileOf(inputs)) ?? 0;
    return { ...inputs, machineId: observation.machineId, programs: isThere ? digest : "", notedRuns };
  },

  drift: ({ maxConcurrentRuns }, { programs, notedRuns }) => [
    ...(programs === hostPrograms().digest ? [] : ["programs"]),
    ...(notedRuns === maxConcurrentRuns ? [] : ["notedRuns"]),
  ],

  remove: (outputs) => ({
    title: "take our programs away",
    call: "remove",
    variables: registration(outputs, false),
  }),
});

/** The file in which the host notes that a Host uses it. An older release named it after the owner; that is the identity then. */
function fileOf({ identity, owner }: HostInputs): string {
  return identity ?? createHash("sha256").update(owner).digest("hex").slice(0, 16);
}

function registration(inputs: HostInputs, isNew: boolean): Record<string, string> {
  const { owner, backups, maxConcurrentRuns } = inputs;
  const { digest, files } = hostPrograms();
  return {
    IS_NEW: isNew ? "yes" : "no",
    OWNER: owner,
    OWNER_FILE: fileOf(inputs),
    DIGEST: digest,
    VERSION: VERSION,
    FILES: files.map(({ name, text }) => `@${name}\n${text.slice(0, -1).replace(/^/gm, " ")}`).join("\n"),
    FOLDERS: [...new Set(files.map(({ name }) => dirname(name)))].join(" "),
    EXECUTABLES: files.flatMap(({ name, mode }) => (mode === "0755" ? [name] : [])).join(" "),
    BACKUPS: backups ? "yes" : "no",
    MAX_RUNS: `${maxConcurrentRuns}`,
    SUPPORTED,
  };
}
