import type { z } from "zod";
import type { ResourceDefinition, StepRequest } from "../../../../provider/define-resource.js";
import { composeScript, scriptText } from "../../../../provider/hosts/script/script.js";
import { attachment } from "../../../../provider/resources/attachment.js";
import { backup } from "../../../../provider/resources/backup.js";
import { backupSchedule } from "../../../../provider/resources/backup-schedule.js";
import { host } from "../../../../provider/resources/host.js";
import { thinPool } from "../../../../provider/resources/thin-pool.js";
import { volume } from "../../../../provider/resources/volume.js";
import { volumeGroup } from "../../../../provider/resources/volume-group.js";
import { hostRef, ownerOf, sampleInputs } from "../../../support/samples.js";

/** Requests of a definition for its sample: to make it, to change it, and to remove it. */
function requests<S extends z.ZodType, O extends object>(
  { inputs, reconcile, remove }: ResourceDefinition<S, O>,
  sample: object,
): StepRequest[] {
  const wanted = inputs.parse({ host: hostRef, owner: ownerOf("kind", "a"), ...sample });
  const removal = remove(wanted as unknown as O, "id");
  return [reconcile(wanted, undefined), reconcile(wanted, "id"), ...(removal === undefined ? [] : [removal])];
}

const all = {
  host: requests(host, sampleInputs.host),
  "volume-group": requests(volumeGroup, sampleInputs.volumeGroup),
  "thin-pool": requests(thinPool, sampleInputs.thinPool),
  volume: requests(volume, sampleInputs.volume),
  attachment: requests(attachment, sampleInputs.attachment),
  backup: requests(backup, { ...sampleInputs.backup, onDelete: "forget" }),
  "backup-schedule": requests(backupSchedule, sampleInputs.backupSchedule),
};

const namesOf = (text: string, pattern: RegExp): Set<string> =>
  new Set([...text.matchAll(pattern)].map(([, name = ""]) => name));

// With `set -u` a variable that was forgotten ends the script, and on some paths only a rare case would show it.
describe.each(Object.entries(all))("%s", (name, steps) => {
  const text = scriptText(`resources/${name}.sh`);
  const library = composeScript([], "lock").text;

  test("gives its script every variable that it reads, and calls a function that is there", () => {
    const read = namesOf(text, /\$\{?([A-Z][A-Z_]*)/g);
    const assigned = namesOf(`${library}\n${text}`, /^\s*(?:export )?([A-Z][A-Z_]*)=/gm);
    const needed = [...read].filter((each) => !assigned.has(each)).sort();
    expect(needed).not.toEqual([]);
    for (const { variables, call } of steps) {
      expect(Object.keys(variables)).toEqual(expect.arrayContaining(needed));
      expect(text).toContain(`\n${call}() {\n`);
    }
  });

  test("gives it no variable that changes how the shell works", () => {
    const ours = namesOf(library, /^\s*(?:export )?([A-Z][A-Z_]*)=/gm);
    const names = new Set(steps.flatMap(({ variables }) => Object.keys(variables)));
    for (const each of ["PATH", "IFS", "ENV", "HOME", "LC_ALL", "PS4", ...ours]) expect(names).not.toContain(each);
  });
});
