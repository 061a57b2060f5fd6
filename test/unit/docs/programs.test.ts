import { join } from "node:path";
import ts from "typescript";
import { blocksOf, pages, repository } from "./pages";

const PAGES = ["README.md", "docs/getting-started.md"];
const pageAt = (path: string) => pages.find((page) => page.path === path) as (typeof pages)[number];

/** The blocks of a page go on from each other: they are one program. */
const programs = new Map(
  PAGES.map((path, index) => [
    join(repository, "test/unit/docs", `program-${index}.ts`),
    blocksOf(pageAt(path), "ts").join("\n"),
  ]),
);

/** The tsconfig.json that a page tells users to write, with this package's sources in place of what npm installs. */
function optionsOf(path: string): ts.CompilerOptions {
  const [config = ""] = blocksOf(pageAt(path), "json");
  const { compilerOptions } = JSON.parse(config) as { compilerOptions: object };
  const { options, errors } = ts.convertCompilerOptionsFromJson(compilerOptions, repository);
  expect(errors).toEqual([]);
  return { ...options, skipLibCheck: true, paths: { "pulumi-lvm": [join(repository, "sdk/index.ts")] } };
}

test("both pages tell users to write the same tsconfig.json and Pulumi.yaml", () => {
  const [readme, start] = PAGES.map((path) => ({
    json: blocksOf(pageAt(path), "json")[0],
    yaml: blocksOf(pageAt(path), "yaml")[0],
  }));
  expect(start).toEqual(readme);
});

test("the programs of the pages compile", () => {
  const options = optionsOf("README.md");
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => programs.has(file) || fileExists(file);
  host.readFile = (file) => programs.get(file) ?? readFile(file);
  host.getSourceFile = (file, target, ...rest) => {
    const text = programs.get(file);
    return text === undefined ? getSourceFile(file, target, ...rest) : ts.createSourceFile(file, text, target);
  };
  const program = ts.createProgram([...programs.keys()], options, host);
  const problems = [...programs.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  });
  expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
  expect([...programs.values()].every((text) => text.includes('from "pulumi-lvm"'))).toBe(true);
}, 60_000);
