import { createHash } from "node:crypto";
import { dirname } from "node:path";
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
};

export const host = defineResource<typeof hostInputs, Outputs>({
  script: "host",
  noun: "host",
  inputs: hostInputs,

  check(inputs, observation) {
    const found = unfitness(observation, inputs.backups);
    if (found === undefined) return [];
    const summary = `Host "${inputs.host.name}" ${found.what}`;
    return [{ property: "host", problem: { summary, detail: "", next: found.next } }];
  },

  reconcile: (inputs) => ({
    title: "set up our programs",
    call: "reconcile",
    variables: ownership(inputs.owner, inputs.backups),
  }),

  idOf: (_facts, { machineId }) => machineId,

  outputs({ inputs, observation }) {
    const { digest } = hostPrograms();
    const isThere = observation.owners.get(inputs.owner) === digest && observation.programs.includes(digest);
    return { ...inputs, machineId: observation.machineId, programs: isThere ? digest : "" };
  },

  drift: (_wanted, outputs) => (outputs.programs === hostPrograms().digest ? [] : ["programs"]),

  remove: (outputs) => ({
    title: "take our programs away",
    call: "remove",
    variables: ownership(outputs.owner, outputs.backups),
  }),
});

function ownership(owner: string, backups: boolean): Record<string, string> {
  const { digest, files } = hostPrograms();
  return {
    OWNER: owner,
    OWNER_FILE: createHash("sha256").update(owner).digest("hex").slice(0, 16),
    DIGEST: digest,
    VERSION: VERSION,
    FILES: files.map(({ name, text }) => `@${name}\n${text.slice(0, -1).replace(/^/gm, " ")}`).join("\n"),
    FOLDERS: [...new Set(files.map(({ name }) => dirname(name)))].join(" "),
    EXECUTABLES: files.flatMap(({ name, mode }) => (mode === "0755" ? [name] : [])).join(" "),
    BACKUPS: backups ? "yes" : "no",
    SUPPORTED,
  };
}
