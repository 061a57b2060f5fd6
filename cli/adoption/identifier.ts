/**
 * Words as one identifier of TypeScript in camel case: `["db-1", "log"]` becomes `db1Log`. What has no letter or digit is left out.
 * @param words Any text; the last or the first has a letter.
 */
export function identifier(words: readonly string[]): string {
  const [first = "", ...others] = words.flatMap((word) => word.match(/[A-Za-z0-9]+/g) ?? []);
  const name = [lowerFirst(first), ...others.map(upperFirst)].join("");
  return /^[A-Za-z]/.test(name) && !RESERVED.has(name) ? name : `_${name}`;
}

const lowerFirst = (word: string): string => word.charAt(0).toLowerCase() + word.slice(1);
const upperFirst = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Words that are no names in a module of TypeScript (ECMA-262, "Keywords and Reserved Words"), and those of which strict mode makes none. */
const RESERVED: ReadonlySet<string> = new Set(
  `arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function
  if implements import in instanceof interface let new null package private protected public return static super switch this throw true try
  typeof undefined var void while with yield`.split(/\s+/),
);

/**
 * A function that gives each text back once, and from the second time on a variant of it that is not taken.
 * @param taken Texts that are never given.
 */
export function uniqueNames(
  taken: readonly string[],
  variant: (text: string, count: number) => string,
): (text: string) => string {
  const given = new Set(taken);
  return (text) => {
    let name = text;
    for (let count = 2; given.has(name); count += 1) name = variant(text, count);
    given.add(name);
    return name;
  };
}
