import { type Document, isAlias, isCollection, isNode, isPair } from "yaml";

/** Resolving takes time with the square of their number. */
const MAX_ALIASES = 1000;

/** Values that a file has once its aliases are written out: some thousand policies. */
const MAX_VALUES = 100_000;

/** What is wrong with the aliases of a document: too many, without an anchor, or of more than memory should hold. */
export function aliasProblem(document: Document.Parsed): { offset: number; message: string } | undefined {
  const values = new Map<string, number>();
  let aliases = 0;
  let problem: { offset: number; message: string } | undefined;

  /** How many values a part of the document stands for. Aliases come after their anchors, so one walk is enough. */
  const count = (part: unknown): number => {
    if (problem !== undefined) return 0;
    if (isPair(part)) return count(part.key) + count(part.value);
    if (!isNode(part)) return 1;
    if (isAlias(part)) {
      aliases += 1;
      const known = values.get(part.source);
      const message = known === undefined ? `the alias *${part.source} is for no value that ends before it` : undefined;
      problem ??= message === undefined ? undefined : { offset: part.range?.[0] ?? 0, message };
      return known ?? 0;
    }
    const total = isCollection(part) ? part.items.reduce<number>((sum, item) => sum + count(item), 1) : 1;
    if (part.anchor !== undefined) values.set(part.anchor, total);
    const isBomb = total > MAX_VALUES || aliases > MAX_ALIASES;
    if (isBomb && aliases > 0) {
      const reason =
        aliases > MAX_ALIASES ? `more than ${MAX_ALIASES} aliases` : `aliases for more than ${MAX_VALUES} values`;
      problem ??= { offset: part.range?.[0] ?? 0, message: `has ${reason}, as if made to exhaust memory` };
    }
    return total;
  };

  count(document.contents);
  return problem;
}
