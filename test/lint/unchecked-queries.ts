/** A shell script of several functions. */
export interface ShellFile {
  readonly path: string;
  readonly text: string;
}

interface ShellFunction {
  readonly path: string;
  readonly name: string;
  readonly lines: readonly { readonly number: number; readonly text: string }[];
}

/** What tells what is on a host. No answer looks like an empty one. */
const QUERIES = "lvs|vgs|pvs|lsblk|blkid|wipefs|dmsetup|findmnt|restic";
/** What data does not outlive. */
const DESTRUCTIVE = "lvremove|vgremove|pvremove|blkdiscard|mkfs(?:\\.\\w+)?|mkswap|wipefs\\s+-a|rm -rf|restic forget";
/** Where a command may begin: at the start of a line or of a list, in a substitution, behind a word of the shell. */
const START = "(?:^|[;&|({!]|\\b(?:if|then|else|do|while|until|run|exec))\\s*";
/** A comment above a query that says why it needs no look at its exit code. */
const EXEMPTION = "# Unchecked:";

/**
 * Queries whose failure nobody looks at, in functions that destroy, or that such a function calls. `set -e` is not enough: it does not hold
 * where a function is called with `||` behind it, or in a condition. Right is `x=$(lvs …) || fail …`, or `if ! x=$(lvs …); then`.
 * @param library Files whose functions all others may call.
 * @returns A line for each finding.
 */
export function uncheckedQueries(files: readonly ShellFile[], library: readonly ShellFile[]): string[] {
  const shared = library.flatMap(functionsOf);
  const others = files.filter((file) => !library.includes(file)).map(functionsOf);
  const relevant = new Set([shared, ...others].flatMap((own) => destroyingAndCalled([...own, ...shared])));
  return [shared, ...others].flatMap((own) => own.filter((each) => relevant.has(each)).flatMap(findingsIn));
}

/** The functions that destroy something, by themselves or through others, and all that these call. The first of a name counts. */
function destroyingAndCalled(all: readonly ShellFunction[]): ShellFunction[] {
  const byName = new Map(all.toReversed().map((each) => [each.name, each]));
  const calls = new Map(all.map((each) => [each, calleesOf(each, byName)]));
  const destroying = all.filter((each) => [each, ...reachable(each, calls)].some(destroys));
  return destroying.flatMap((each) => [each, ...reachable(each, calls)]);
}

function functionsOf({ path, text }: ShellFile): ShellFunction[] {
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    const name = /^(\w+)\(\) \{$/.exec(line)?.[1];
    if (name === undefined) return [];
    const end = lines.indexOf("}", index);
    return [{ path, name, lines: logicalLines(lines.slice(index + 1, end), index + 2) }];
  });
}

/** Lines with what continues them, without the texts of here-documents, and without comments but those that exempt. */
function logicalLines(lines: readonly string[], first: number): { number: number; text: string }[] {
  const joined: { number: number; text: string }[] = [];
  let end: string | undefined;
  lines.forEach((line, index) => {
    if (end !== undefined) {
      if (line === end) end = undefined;
      return;
    }
    end = /<<'?(\w+)'?$/.exec(line)?.[1];
    const last = joined.at(-1);
    if (last !== undefined && /(?:\\|\|\||&&|\|)$/.test(last.text))
      last.text = `${last.text.replace(/\\$/, "")} ${line}`;
    else if (!/^\s*#/.test(line) || line.includes(EXEMPTION)) joined.push({ number: first + index, text: line });
  });
  return joined;
}

/** A line without its texts; one in which a command is substituted stays. */
const withoutTexts = (line: string): string =>
  line.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, (text) => (text.includes("$(") ? text : ""));

const destroys = ({ lines }: ShellFunction): boolean =>
  lines.some(({ text }) => new RegExp(`${START}(?:${DESTRUCTIVE})\\b`).test(withoutTexts(text)));

function calleesOf({ lines }: ShellFunction, byName: ReadonlyMap<string, ShellFunction>): ShellFunction[] {
  return [...byName].flatMap(([name, callee]) =>
    lines.some(({ text }) => new RegExp(`${START}${name}\\b`).test(withoutTexts(text))) ? [callee] : [],
  );
}

type Calls = ReadonlyMap<ShellFunction, readonly ShellFunction[]>;

function reachable(from: ShellFunction, calls: Calls, seen = new Set<ShellFunction>()): Set<ShellFunction> {
  for (const callee of calls.get(from) ?? []) {
    if (seen.has(callee)) continue;
    seen.add(callee);
    reachable(callee, calls, seen);
  }
  return seen;
}

function findingsIn({ path, name, lines }: ShellFunction): string[] {
  return lines.flatMap(({ number, text }, index) => {
    if (text.includes(EXEMPTION) || lines[index - 1]?.text.includes(EXEMPTION)) return [];
    const line = withoutTexts(text);
    const found = new RegExp(`${START}(${QUERIES})\\b`).exec(line);
    if (found === null || isChecked(line, found.index + found[0].length)) return [];
    return [
      `${path}:${number}: nobody looks at the exit code of ${found[1]}, and ${name}() has to do with a destructive command`,
    ];
  });
}

/** Whether what follows a query takes care of its failure. */
function isChecked(line: string, at: number): boolean {
  const behind = line.slice(at);
  const pipe = behind.indexOf("|");
  const isAlone = pipe === -1;
  if (isAlone) return /\bif ! \w+=\$\(\s*\w+$/.test(line.slice(0, at));
  // "|| :" and "|| x=" make an empty answer of a failure.
  return /^\|\|\s*(?!:|true\b|\w*=)\S/.test(behind.slice(pipe));
}
