import { execFileSync } from "node:child_process";
import { z } from "zod";

/** A file of shell or Python, which the ending of its path tells. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const FILE_LINES = 250;
const FUNCTION_LINES = 60;

/** The functions of a file with their first and last lines, counted from 1. */
const functionLines = z.array(z.tuple([z.string(), z.int(), z.int()]));
type FunctionLines = z.output<typeof functionLines>;

/** Tells the functions of each text of a JSON array. Where one ends in Python, no pattern of lines says for sure. */
const PYTHON_FUNCTIONS = `
import ast, json, sys
kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
print(json.dumps([
    [(node.name, node.lineno, node.end_lineno) for node in ast.walk(ast.parse(text)) if isinstance(node, kinds)]
    for text in json.load(sys.stdin)
]))
`;

/**
 * Files and functions of more lines than biome.json allows those of TypeScript.
 * @returns A line for each finding.
 * @throws {Error} If a file is no Python that can be parsed.
 */
export function tooLong(files: readonly SourceFile[]): string[] {
  const python = files.filter(isPython);
  const ofPython = new Map(pythonFunctions(python).map((functions, index) => [python[index], functions]));
  return files.flatMap((file) => {
    const lines = file.text.replace(/\n$/, "").split("\n").length;
    return [
      ...(lines > FILE_LINES ? [`${file.path}: it has ${lines} lines, and ${FILE_LINES} are allowed`] : []),
      ...longOf(file.path, ofPython.get(file) ?? shellFunctions(file)),
    ];
  });
}

const isPython = ({ path }: SourceFile): boolean => path.endsWith(".py");

function longOf(path: string, functions: FunctionLines): string[] {
  return functions
    .map(([name, first, last]) => ({ name, first, lines: last - first + 1 }))
    .filter(({ lines }) => lines > FUNCTION_LINES)
    .map(
      ({ name, first, lines }) => `${path}:${first}: ${name}() has ${lines} lines, and ${FUNCTION_LINES} are allowed`,
    );
}

function pythonFunctions(files: readonly SourceFile[]): FunctionLines[] {
  const input = JSON.stringify(files.map(({ text }) => text));
  const output = execFileSync("python3", ["-E", "-s", "-c", PYTHON_FUNCTIONS], { input, encoding: "utf8" });
  return z.array(functionLines).parse(JSON.parse(output));
}

/** A function begins and ends at the start of a line; one of a single line is not told. */
function shellFunctions({ text }: SourceFile): FunctionLines {
  const lines = text.split("\n");
  return lines.flatMap((line, index): FunctionLines => {
    const [, name, bracket] = /^(\w+)\(\) ([{(])$/.exec(line) ?? [];
    if (name === undefined) return [];
    return [[name, index + 1, lines.indexOf(bracket === "{" ? "}" : ")", index) + 1]];
  });
}
