import { changesOf, Deployment } from "../../e2e/harness/deployment.js";
import { type LabHost, resetHost, shOk } from "../../lab/index.js";
import { ansible } from "../ansible.js";
import type { Stage } from "../bench.js";
import { type Contender, HOUR_MS } from "../compare.js";
import { expectMade, forget, manyVolumes, noOps, removeVolumes } from "../many-volumes.js";
import type { Case } from "../outcome.js";
import { figure } from "../table.js";

const SCRIPT = "one shell script";
const ENGINE = "the engine alone";
/** With the options that the Volume resource gives, but for those of what it does later. */
const lvcreate = (name: string) => `lvcreate -q -y -V 64M --thinpool pool -n ${name} fast`;
const mkfs = (name: string) => `mkfs.ext4 -q -F /dev/fast/${name}`;

/** Thin ext4 volumes, by `pulumi up` and by others in the same pool. */
export async function deploy({ host, volumes = [1, 10, 100], compare }: Stage): Promise<string[]> {
  await resetHost(host);
  const ours = await Deployment.open("bench-ours");
  const engine = await Deployment.open("bench-engine");
  const notes: string[] = [];
  try {
    changesOf(await ours.up(manyVolumes(host, 0)));
    changesOf(await engine.up(noOps(0)));
    for (const count of volumes) {
      const byAnsible = ansible(host, count);
      const found = await compare({
        title: `${count} thin ext4 volumes`,
        contenders: [
          {
            name: "pulumi up",
            run: async () => expectMade(await ours.up(manyVolumes(host, count, { fileSystem: "ext4" })), count),
            undo: async () => changesOf(await ours.up(manyVolumes(host, 0))),
          },
          oneScript(host, count),
          execs(host, count),
          ...(byAnsible === undefined ? [] : [byAnsible]),
          {
            name: ENGINE,
            run: async () => expectMade(await engine.up(noOps(count)), count),
            undo: async () => changesOf(await engine.up(noOps(0))),
          },
        ],
      });
      notes.push(lessTheEngine(found));
      if (byAnsible === undefined && notes.length === 1)
        notes.unshift("Ansible is not compared: the machine has no ansible-playbook with community.general.");
    }
  } finally {
    await forget(host, [ours, engine]);
  }
  return notes;
}

/** By one script over one SSH session. */
function oneScript(host: LabHost, count: number): Contender {
  const script = `set -e
number=0
while [ $number -lt ${count} ]; do
  ${lvcreate("s$number")}
  ${mkfs("s$number")}
  number=$((number + 1))
done`;
  return {
    name: SCRIPT,
    run: () => shOk(host, script, { timeoutMs: HOUR_MS }),
    undo: () => removeVolumes(host, "s", count),
  };
}

/** By an exec for each command, over one connection. */
function execs(host: LabHost, count: number): Contender {
  return {
    name: "one exec a command",
    run: async () => {
      for (let number = 0; number < count; number++) {
        await shOk(host, lvcreate(`e${number}`));
        await shOk(host, mkfs(`e${number}`));
      }
    },
    undo: () => removeVolumes(host, "e", count),
  };
}

/** The engine takes its time whatever a provider does: what is left is ours. */
function lessTheEngine({ title, entries }: Case): string {
  const secondsOf = (name: string) => entries.find((each) => each.name === name)?.spread.seconds.median ?? Number.NaN;
  const left = (entries[0]?.spread.seconds.median ?? Number.NaN) - secondsOf(ENGINE);
  return `${title}: less the engine, pulumi up takes ${figure(left)} s, × ${figure(left / secondsOf(SCRIPT))} of ${SCRIPT}.`;
}
