import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { z } from "zod";
import { defineResource } from "../define-resource.js";
import { SUPPORTED, unfitness } from "../hosts/observation/missing-command.js";
import { common } from "../model/common.js";
import { VERSION } from "../model/version.js";
import { hostPrograms } from "./host-programs.js";

const inputs = z.strictObject({
  ...common,
  backups: z.boolean().default(true).meta({
    description: "Whether backups will run there, which needs restic, Python and pyfuse3. Default true",
  }),
});

type Outputs = z.output<typeof inputs> & {
  /** /etc/machine-id. */
  machineId: string;
  /** Digest of the programs of ours that the host has for this stack; "" when they are not there. */
  programs: string;
};

export const host = defineResource<typeof inputs, Outputs>({
  script: "host",
  noun: "host",
  inputs,

  plan(wanted, observation) {
    const found = unfitness(observation, wanted.backups);
    return found === undefined
      ? []
      : [{ property: "host", reason: `Host "${wanted.host.name}" ${found.what}\n${found.next}` }];
  },

  reconcile: (wanted) => ({
    title: "set up our programs",
    call: "reconcile",
    variables: ownership(wanted.owner, wanted.backups),
  }),

  idOf: (_facts, { machineId }) => machineId,

  outputs({ inputs: asked, observation }) {
    const { digest } = hostPrograms();
    const isThere = observation.owners.get(asked.owner) === digest && observation.programs.includes(digest);
    return { ...asked, machineId: observation.machineId, programs: isThere ? digest : "" };
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
