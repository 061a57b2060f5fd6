import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
} from "yaml";

export type Path = readonly PropertyKey[];

/** A position in a text, from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where the fields of a YAML document are in its text. */
export class SourceMap {
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  /** Keys with their paths, in the order of the text; a repeated one is there as often. */
  readonly #keys: readonly { readonly path: Path; readonly offset: number }[];
  readonly #offsets: ReadonlyMap<string, number>;

  constructor(document: Document.Parsed, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
    this.#keys = [...keysOf(document.contents, [])];
    this.#offsets = new Map(this.#keys.map(({ path, offset }) => [JSON.stringify(path), offset]));
  }

  positionAt(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }

  /** The value at a path, or its key where the value is a whole block; when there is none, what should hold it. */
  positionOf(path: Path, { isKey = false } = {}): Position {
    let [node, offset]: [Node | null, number] = [this.#document.contents, this.#document.contents?.range?.[0] ?? 0];
    for (const [index, step] of path.entries()) {
      const held = this.#resolved(node);
      const pair = isMap(held) ? held.items.find(({ key }) => keyText(key as Node) === String(step)) : undefined;
      const next = isSeq(held) ? held.items[Number(step)] : pair?.value;
      if (pair === undefined && next === undefined) break;
      node = (next ?? null) as Node | null;
      const isBlock = !isAlias(node) && !(isScalar(node) && node.value !== null);
      const isAtKey = pair !== undefined && (isBlock || (isKey && index === path.length - 1));
      offset = (isAtKey ? (pair.key as Node) : node)?.range?.[0] ?? offset;
    }
    return this.positionAt(offset);
  }

  /** The key at a path. */
  positionOfKey(path: Path): Position {
    const offset = this.#offsets.get(JSON.stringify(path));
    return offset === undefined ? this.positionOf(path, { isKey: true }) : this.positionAt(offset);
  }

  /** Keys that their block has already, each with its position. */
  repeatedKeys(): { readonly path: Path; readonly position: Position }[] {
    const seen = new Set<string>();
    return this.#keys.flatMap(({ path, offset }) => {
      const key = JSON.stringify(path);
      if (seen.has(key)) return [{ path, position: this.positionAt(offset) }];
      seen.add(key);
      return [];
    });
  }

  #resolved(node: Node | null): Node | null {
    return isAlias(node) ? (node.resolve(this.#document) ?? null) : node;
  }
}

function* keysOf(node: unknown, path: Path): Generator<{ path: Path; offset: number }> {
  if (!isCollection(node)) return;
  for (const [index, item] of node.items.entries()) {
    if (!isMap(node)) {
      yield* keysOf(item, [...path, index]);
      continue;
    }
    const { key, value } = item as Pair<Node | null>;
    const below = [...path, keyText(key)];
    yield { path: below, offset: key?.range?.[0] ?? 0 };
    yield* keysOf(value, below);
  }
}

function keyText(key: Node | null): string {
  return isScalar(key) ? String(key.value) : "?";
}
