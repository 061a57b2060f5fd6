import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import type { ResourceDefinition, StepRequest } from "../../../../provider/define-resource.js";
import type { Observation } from "../../../../provider/hosts/observation/observation.js";
import { composeScript, scriptText } from "../../../../provider/hosts/script/script.js";
import { attachment } from "../../../../provider/resources/attachment.js";
import { backup } from "../../../../provider/resources/backup.js";
import { backupSchedule } from "../../../../provider/resources/backup-schedule.js";
import { host } from "../../../../provider/resources/host.js";
import { snapshot } from "../../../../provider/resources/snapshot.js";
import { thinPool } from "../../../../provider/resources/thin-pool.js";
import { volume } from "../../../../provider/resources/volume.js";
import { volumeGroup } from "../../../../provider/resources/volume-group.js";
import { hostRef, ownerOf, sampleInputs } from "../../../support/samples.js";

/** A host on which a volume with the id "id" is to be zeroed still. */
const observation = {
  logicalVolumes: [{ lv_tags: ["pulumi-lvm.id=id", "pulumi-lvm.pending=zero"], lv_size: 1 }],
} as unknown as Observation;

/** Requests of a definition for its sample, each with its script: to make it, to change it, to finish it and to remove it. */
function requests<S extends z.ZodType, O extends object>(
  { script, inputs, reconcile, longStep, remove }: ResourceDefinition<S, O>,
  sample: object,
): [script: string, request: StepRequest][] {
  const wanted = inputs.parse({ host: hostRef, owner: ownerOf("kind", "a"), ...sample });
  return [
    reconcile(wanted, undefined),
    reconcile(wanted, "id"),
    longStep?.(wanted, "id", observation, undefined),
    remove(wanted as unknown as O, "id"),
  ].flatMap((request) => (request === undefined ? [] : [[request.script ?? script, request]]));
}

const sent = [
  ...requests(host, sampleInputs.host),
  ...requests(volumeGroup, sampleInputs.volumeGroup),
  ...requests(thinPool, sampleInputs.thinPool),
  ...requests(volume, sampleInputs.volume),
  ...requests(attachment, sampleInputs.attachment),
  ...requests(snapshot, sampleInputs.snapshot),
  ...requests(backup, { ...sampleInputs.backup, onDelete: "forget" }),
  ...requests(backupSchedule, sampleInputs.backupSchedule),
];
const all = [...new Set(sent.map(([script]) => script))].map(
  (script) => [script, sent.filter(([each]) => each === script)] as const,
);

test("every script of a resource is sent by a step", () => {
  const files = readdirSync(join(__dirname, "../../../../provider/resources")).filter((name) => name.endsWith(".sh"));
  expect(all.map(([script]) => `${script}.sh`).sort()).toEqual(files.sort());
});

const namesOf = (text: string, pattern: RegExp): Set<string> =>
  new Set([...text.matchAll(pattern)].map(([, name = ""]) => name));

// With `set -u` a variable that was forgotten ends the script, and on some paths only a rare case would show it.
describe.each(all)("%s", (name, steps) => {
  const text = scriptText(`resources/${name}.sh`);
  const library = composeScript([], true).text;

  test("gives its script every variable that it reads, and calls a function that is there", () => {
    const read = namesOf(text, /\$\{?([A-Z][A-Z_]*)/g);
    const assigned = namesOf(`${library}\n${text}`, /^\s*(?:export )?([A-Z][A-Z_]*)=/gm);
    const needed = [...read].filter((each) => !assigned.has(each)).sort();
    expect(needed).not.toEqual([]);
    for (const [, { variables, call }] of steps) {
      expect(Object.keys(variables)).toEqual(expect.arrayContaining(needed));
      expect(text).toContain(`\n${call}() {\n`);
    }
  });

  test("gives it no variable that changes how the shell works", () => {
    const ours = namesOf(library, /^\s*(?:export )?([A-Z][A-Z_]*)=/gm);
    const names = new Set(steps.flatMap(([, { variables }]) => Object.keys(variables)));
    for (const each of ["PATH", "IFS", "ENV", "HOME", "LC_ALL", "PS4", ...ours]) expect(names).not.toContain(each);
  });
});
