import { parseSchedule } from "../../provider/model/schedule/schedule.js";
import { type LabHost, labHosts, shOk } from "../lab/index.js";
import { REFUSED, TAKEN } from "./schedule-cases.js";

const COUNT = 5;
const NOW = "2026-11-23T15:00:00Z";

interface Question {
  readonly from: string;
  readonly lines: readonly string[];
}

/** What systemd-analyze says of a line. */
interface Verdict {
  readonly line: string;
  readonly from: string;
  readonly normalized: string | undefined;
  readonly runs: readonly string[];
}

/** Asks all in one command of the host. The lines of a question share a process, and none of them may be refused. */
async function ask(host: LabHost, questions: readonly Question[]): Promise<Verdict[]> {
  const commands = questions.map(({ from, lines }) => {
    const quoted = lines.map((line) => `'${line}'`).join(" ");
    return `systemd-analyze calendar --iterations=${COUNT} --base-time=@${Date.parse(from) / 1000} ${quoted}; echo ----`;
  });
  const script = ["export TZ=UTC LC_ALL=C.UTF-8; exec 2>/dev/null", ...commands].join("\n");
  const said = (await shOk(host, script)).split("----\n");
  return questions.flatMap(({ from, lines }, index) => {
    const blocks = said[index]?.split("\n\n") ?? [];
    expect(blocks).toHaveLength(lines.length);
    return lines.map((line, at) => ({
      line,
      from,
      normalized: /Normalized form: (.*)/.exec(blocks[at] ?? "")?.[1],
      runs: [...(blocks[at] ?? "").matchAll(/(?:Next elapse|Iter(?:\.|ation) #\d+): \w+ (\S+) (\S+) UTC/g)].map(
        ([, day, time]) => `${day}T${time}.000Z`,
      ),
    }));
  });
}

const judged = TAKEN.map(([text, timeZone, from]) => ({
  name: `${text} (${timeZone}, from ${from})`,
  from,
  schedule: parseSchedule(text, timeZone, new Date(from)),
}));

const hosts = labHosts().map((host) => [host.release ?? host.name, host] as const);

describe.each(hosts)("parseSchedule() and systemd-analyze of %s", (_, host) => {
  let verdicts: Verdict[];

  beforeAll(async () => {
    const bases = [...new Set(judged.map(({ from }) => from))].map((from) => ({
      from,
      lines: judged.filter((each) => each.from === from).flatMap(({ schedule }) => schedule.onCalendar),
    }));
    verdicts = await ask(host, [...bases, ...REFUSED.map((line) => ({ from: NOW, lines: [line] }))]);
  });

  const verdictOn = (line: string, from: string) =>
    verdicts.find((verdict) => verdict.line === line && verdict.from === from);

  test.each(judged)("agree on $name", ({ from, schedule }) => {
    const said = schedule.onCalendar.map((line) => verdictOn(line, from));
    // A timer with several lines elapses at the first of them.
    const runs = [...new Set(said.flatMap((each) => each?.runs ?? []))].sort().slice(0, COUNT);
    expect(schedule.next(COUNT, new Date(from)).map((run) => run.toISOString())).toEqual(runs);
    expect(schedule.onCalendar).toEqual(said.map((each) => each?.normalized));
  });

  test.each(REFUSED)('refuse "%s"', (text) => {
    expect(() => parseSchedule(text, "UTC", new Date(NOW))).toThrow(RangeError);
    expect(verdictOn(text, NOW)).toMatchObject({ runs: [] });
  });
});
