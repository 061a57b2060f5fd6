import { table } from "../../cli/terminal/table.js";
import type { Case, Machine, Outcome } from "./outcome.js";
import type { Entry, Spread } from "./statistics.js";

interface Column {
  readonly title: string;
  readonly text: (entry: Entry, isOurs: boolean) => string;
}

const TIMES: readonly Column[] = [
  { title: "seconds", text: ({ spread }) => withRange(spread.seconds) },
  { title: "ours takes", text: ({ oursTakes }, isOurs) => (isOurs ? "" : `× ${figure(oursTakes)}`) },
  { title: "CPU s", text: ({ spread }) => figure(spread.cpuSeconds.median) },
];
const COSTS: readonly Column[] = [
  { title: "processes", text: ({ spread }) => `${Math.round(spread.processes.median)}` },
  { title: "read MiB", text: ({ spread }) => figure(spread.readMiB.median) },
  { title: "sent MiB", text: ({ spread }) => figure(spread.sentMiB.median) },
  { title: "memory MiB", text: ({ spread }) => figure(spread.memoryMiB.median) },
];

/** The whole table for a terminal. */
export function printedTable({ cases }: Outcome): string {
  const columns = [...TIMES, ...COSTS];
  return table(titlesOf(columns), rowsOf(cases, columns));
}

/** All that is to be read of an outcome, as a page in Markdown. */
export function page(outcome: Outcome): string {
  const { name, date, commit, rounds, notes } = outcome;
  const lines = [
    `# ${name}, ${date}`,
    `${rounds} rounds${commit === "" ? "" : ` of commit ${commit}`}; medians, with the least and the most in brackets. [How to read it](../../docs/benchmarks.md).`,
    machineText(outcome.machine),
    markdownTable(outcome.cases, [...TIMES, ...COSTS]),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${note}`).join("\n")]),
  ];
  return `${lines.join("\n\n")}\n`;
}

/** The times of an outcome for the README, under a link to its page. */
export function excerpt(outcome: Outcome): string {
  const { name, date, machine, cases, notes } = outcome;
  const lines = [
    `${name}, ${date}, ${machine.host.release} (\`bench/results/${date}-${name}.md\`):`,
    markdownTable(cases, TIMES),
    ...notes,
  ];
  return lines.join("\n\n");
}

/** A figure of three digits or more: nobody needs more of a time. */
export function figure(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function withRange({ median, min, max }: Spread): string {
  return `${figure(median)} (${figure(min)}–${figure(max)})`;
}

function titlesOf(columns: readonly Column[]): string[] {
  return ["", "by", ...columns.map(({ title }) => title)];
}

/** The title of a case stands in its first row. */
function rowsOf(cases: readonly Case[], columns: readonly Column[]): string[][] {
  return cases.flatMap(({ title, entries }) =>
    entries.map((entry, index) => [
      index === 0 ? title : "",
      entry.name,
      ...columns.map(({ text }) => text(entry, index === 0)),
    ]),
  );
}

function markdownTable(cases: readonly Case[], columns: readonly Column[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = ["---", "---", ...columns.map(() => "---:")];
  return [titlesOf(columns), rule, ...rowsOf(cases, columns)].map(line).join("\n");
}

function machineText({ cores, processor, kernel, load, host }: Machine): string {
  return [
    `Machine: ${cores} cores (${processor}), Linux ${kernel}, load ${figure(load)} before.`,
    `Host: ${host.release}, Linux ${host.kernel}, ${host.cores} cores, ${host.memoryMiB} MiB of memory, LVM ${host.lvm}, restic ${host.restic}.`,
  ].join("\n");
}
