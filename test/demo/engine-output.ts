/** One run of the Pulumi CLI. Takes a line that it prints, and gives back those that are shown. */
type ShownOf = (line: string) => readonly string[];

/** Said for each plugin of a lab whose CLI is built from source. */
const FROM_PATH = /warning: using pulumi-\S+ from \$PATH/;

/** The sections after the resources, which are shown. */
const SUMMARY = /^(?:Diagnostics|Outputs|Resources):$/;

/** What follows the summary says how to go on, and what the demo does next anyway. */
const END = /^Duration: /;

/** A resource with which something is done or, in a preview, to be done; what is under way ends in "ing". */
const RESOURCE =
  /^ ([+~=<>-]{1,2}) +(\S+) (\S+) (\w+(?:d|e) \([\d.]+\w+\)|create|update|delete|replace|refresh)(?= |$)/;

/**
 * Chooses what is shown of the engine's output.
 * @param isVerbose Whether all of it is, but for repetitions of a warning that says nothing of the program.
 * @returns A function that begins a run.
 */
export function engineOutput(isVerbose: boolean): () => ShownOf {
  let isWarned = false;
  const verbosely: ShownOf = (line) => {
    const isRepeated = FROM_PATH.test(line) && isWarned;
    isWarned ||= FROM_PATH.test(line);
    return isRepeated ? [] : [line];
  };
  return () => (isVerbose ? verbosely : briefly());
}

/** The resources as they are done, each once, and then diagnostics, outputs and counts. */
function briefly(): ShownOf {
  const seen = new Set<string>();
  let section: "resources" | "summary" | "end" = "resources";
  let headings: readonly string[] = [];
  return (line) => {
    if (SUMMARY.test(line)) section = "summary";
    if (END.test(line)) section = "end";
    if (section === "resources") {
      const resource = shownResource(line);
      if (resource === undefined || seen.has(resource)) return [];
      seen.add(resource);
      return [resource];
    }
    if (section === "end" || line.trim() === "" || FROM_PATH.test(line)) return [];
    if (isHeading(line)) {
      // One without anything below it is not shown.
      headings = [...headings.filter((heading) => indentOf(heading) < indentOf(line)), line];
      return [];
    }
    const shown = [...headings, line];
    headings = [];
    return shown;
  };
}

function shownResource(line: string): string | undefined {
  const [, sign, type = "", name, state] = RESOURCE.exec(line) ?? [];
  if (sign === undefined || type === "pulumi:pulumi:Stack") return undefined;
  return `  ${sign} ${type.replace("pulumi-nodejs:dynamic/", "")} ${name} ${state}`;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;
const isHeading = (line: string): boolean => indentOf(line) <= 2 && line.endsWith(":");
