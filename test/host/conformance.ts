import { isDeepStrictEqual } from "node:util";
import { releaseIds } from "../../provider/held-ids.js";
import { closeChannels } from "../../provider/hosts/channels.js";
import { type Kind, resource } from "../../provider/index.js";
import { type LabHost, shOk } from "../lab/index.js";
import { commandsRun, cutAfter, cutEverywhere, cutThereAndBack, outcomeOn } from "../support/cut.js";
import { byValue, keyLines, secretsPlaces } from "../support/given-secret.js";
import { hostArgumentsDuring } from "../support/process-arguments.js";
import { Managed } from "./managed.js";
import type { Subject } from "./subject.js";

type Bag = Record<string, unknown>;

/** More commands than any resource needs: the cutter takes them down, and cuts nothing. */
const NO_CUT = 1000;

/**
 * The contract of every resource. Each test can be run alone, but for a delete, and leaves the resource made or not made as it likes.
 * @param privateKey Logs in on the host; no secret may show up anywhere.
 */
export function conformance(kind: Kind, subject: Subject, host: LabHost, privateKey: string): void {
  describe(subject.variant === undefined ? kind : `${kind}, ${subject.variant}`, () => {
    const trial = trialOf(kind, subject, host);
    isMade(trial);
    outlivesLostState(trial);
    isPutRight(trial);
    staysTheSame(trial);
    sparesForeign(trial);
    survivesCuts(trial);
    keepsSecrets(trial, privateKey);
  });
}

type Trial = ReturnType<typeof trialOf>;

/** What all tests of a subject share: the resource `it`, and what is done to it. */
function trialOf(kind: Kind, subject: Subject, host: LabHost) {
  const it = new Managed(kind, {});
  const up = (inputs = subject.inputs()) => it.up(inputs);
  const remove = () => it.destroy();
  /** A refresh by a process of its own: this one takes what it saw lately for what is there. */
  const refresh = async () => {
    await closeChannels();
    return it.refresh();
  };

  async function given(state: "made" | "not made"): Promise<void> {
    await cutAfter(host, 0);
    await subject.ground();
    if (state === "made") await up();
    else await remove();
  }

  return { kind, subject, host, it, up, remove, refresh, given };
}

function isMade(trial: Trial): void {
  const { host, it, up, refresh, given } = trial;
  test("an up makes it; after that neither up nor refresh has anything to do, and a reconcile changes nothing", async () => {
    await given("not made");
    expect(await up()).toBe("create");
    const made = await outcomeOn(host);
    const { id } = it;
    expect(await up()).toBe("same");
    expect(await refresh()).toBe(true);
    expect(await up()).toBe("same");
    await cutAfter(host, NO_CUT);
    await it.reconcile();
    expect(await commandsRun(host)).toEqual([]);
    expect(await outcomeOn(host)).toBe(made);
    expect(it.id).toBe(id);
  });
}

function outlivesLostState(trial: Trial): void {
  const { kind, subject, host, it, up, given } = trial;
  test(`a create that knows nothing of it ${subject.afterLostState}`, async () => {
    await given("not made");
    await up();
    const made = await outcomeOn(host);
    // Another process, to which the engine has not shown the state.
    releaseIds(it.id, it.outputs["identity"] as string);
    const another = new Managed(kind, subject.inputs());
    await another.up();
    expect(another.outputs["identity"]).not.toBe(it.outputs["identity"]);
    if (subject.afterLostState !== "makes another") {
      expect(await outcomeOn(host)).toBe(made);
      if (subject.afterLostState === "takes it over")
        await expect(it.reconcile()).rejects.toThrow(/another resource's|is attached to/);
      await it.destroy();
      expect(await outcomeOn(host)).toBe(made);
    }
    await another.destroy();
  });
}

function isPutRight(trial: Trial): void {
  const { subject, host, it, up, refresh, given } = trial;
  for (const { what, script, shows } of subject.byHand)
    test(`${what} behind its back: a refresh shows it, and up puts it right`, async () => {
      await given("made");
      const made = await outcomeOn(host);
      const { id, outputs } = it;
      await shOk(host, script);
      expect(await refresh()).toBe(true);
      expect(it.outputs).toMatchObject(shows);
      expect(differences(outputs, it.outputs)).toEqual(Object.keys(shows).sort());
      expect(await up()).toBe("update");
      expect(await outcomeOn(host)).toBe(made);
      expect(it.id).toBe(id);
      expect(await up()).toBe("same");
    });

  const { loss } = subject;
  if (typeof loss === "string")
    test("removed behind its back: a refresh shows it, and up makes it again", async () => {
      await given("made");
      const made = await outcomeOn(host);
      await shOk(host, loss);
      expect(await refresh()).toBe(false);
      expect(await up()).toBe("create");
      expect(await outcomeOn(host)).toBe(made);
    });
}

function staysTheSame(trial: Trial): void {
  const { subject, host, it, up, given } = trial;
  const { renamed } = subject;
  if (renamed !== undefined)
    test("under other names it is the same one", async () => {
      await given("made");
      const made = await outcomeOn(host);
      const identity = () => [it.id, ...(subject.identity ?? []).map((name) => it.outputs[name])];
      const before = identity();
      await up(renamed());
      expect(identity()).toEqual(before);
      expect(await up(renamed())).toBe("same");
      await up();
      expect(identity()).toEqual(before);
      expect(await outcomeOn(host)).toBe(made);
    });
}

function sparesForeign(trial: Trial): void {
  const { kind, subject, host, up, remove, given } = trial;
  const { foreign } = subject;
  if (foreign !== undefined) {
    const { what, make, remove: takeAway, words, isSeenAtPreview } = foreign;
    test(`${what} is ${words === undefined ? "left alone" : "refused, under the lock too, and left as it is"}`, async () => {
      await given("not made");
      await shOk(host, make);
      const theirs = await outcomeOn(host);
      try {
        if (words === undefined) {
          await up();
          await remove();
        } else {
          // A process that has changed nothing yet looks at the host, as a preview does.
          await closeChannels();
          const { failures } = await resource(kind).check({}, subject.inputs());
          expect(failures.map(({ reason }) => reason)).toEqual(isSeenAtPreview ? [expect.stringMatching(words)] : []);
          await expect(new Managed(kind, {}).upUnchecked(subject.inputs())).rejects.toThrow(words);
        }
        expect(await outcomeOn(host)).toBe(theirs);
      } finally {
        await shOk(host, takeAway);
      }
    });
  }
}

function survivesCuts(trial: Trial): void {
  const { subject, host, up, remove, given } = trial;
  test("cut after any command of its making or its removal, it is as if nothing had been after the next try", async () => {
    await given("not made");
    expect(await cutThereAndBack(host, up, remove)).toEqual({ there: subject.making, back: subject.removing });
  });

  for (const { what, inputs, commands } of subject.inPlace ?? [])
    test(`cut after any command while it is ${what}, it is that after the next up`, async () => {
      await given("made");
      const again = async () => {
        await remove();
        await up();
      };
      expect(await cutEverywhere(host, () => up(inputs()), again)).toEqual(commands);
    });
}

function keepsSecrets(trial: Trial, privateKey: string): void {
  const { kind, subject, host, it, up, remove, given } = trial;
  describe("given a secret", () => {
    const secretsIn = (text: string) =>
      [...keyLines(privateKey), ...(subject.secrets?.() ?? [])].filter((secret) => text.includes(secret));
    let before: string;

    test("shows it nowhere: not in argument lists, the journal, our files or what is printed", async () => {
      await given("not made");
      before = await outcomeOn(host);
      const printed: string[] = [];
      const spies = (["error", "warn", "log"] as const).map((name) =>
        jest.spyOn(console, name).mockImplementation((...said: unknown[]) => void printed.push(said.join(" "))),
      );
      let seen: string;
      try {
        seen = await hostArgumentsDuring(host, () => up(byValue(subject.inputs(), privateKey)));
      } finally {
        for (const spy of spies) spy.mockRestore();
      }
      // What was looked at is what it claims to be.
      expect(seen).toContain("sh -s");
      expect(secretsIn(seen)).toEqual([]);
      expect(secretsIn(printed.join("\n"))).toEqual([]);
      expect(secretsIn(await secretsPlaces(host))).toEqual([]);
    });

    test("is deleted to the last trace, and a second delete is none the worse for that", async () => {
      const { id = "", outputs } = it;
      await remove();
      expect(await outcomeOn(host)).toBe(before);
      await cutAfter(host, NO_CUT);
      await resource(kind).delete(id, outputs);
      const commands = (await commandsRun(host)).map((command) => command.split(" ")[0]);
      expect(commands).toEqual(subject.removingAgain ?? []);
      expect(await outcomeOn(host)).toBe(before);
    });
  });
}

/** Names of the members that two bags do not have in common. */
function differences(one: Bag, other: Bag): string[] {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return names.filter((name) => !isDeepStrictEqual(one[name], other[name])).sort();
}
