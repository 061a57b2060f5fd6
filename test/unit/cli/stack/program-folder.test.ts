import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programFolder } from "../../../../cli/stack/program-folder.js";

describe("programFolder", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-lvm-program-"));
    mkdirSync(join(folder, "src/app"), { recursive: true });
    writeFileSync(join(folder, "src/app/index.ts"), "");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test.each(["Pulumi.yaml", "Pulumi.yml"])("is that of %s, in the folder or above it", (name) => {
    writeFileSync(join(folder, name), "name: shop\nruntime: nodejs\n");
    expect(programFolder(folder)).toBe(folder);
    expect(programFolder(join(folder, "src/app"))).toBe(folder);
  });

  test.each([
    ["a file", "main: src/app/index.ts", "src/app"],
    ["a folder", "main: src/app", "src/app"],
    ["a folder with a slash", "main: ./src/app/", "src/app"],
    ["quotes", 'main: "src/app/index.ts"', "src/app"],
    ["a comment", "main: src/app # the program", "src/app"],
    ["Windows line ends", "main: src/app/index.ts\r", "src/app"],
    ["another key of that name deeper down", "runtime:\n  main: src/app", ""],
  ])("follows main with %s", (_title, text, expected) => {
    writeFileSync(join(folder, "Pulumi.yaml"), `name: shop\n${text}\n`);
    expect(programFolder(folder)).toBe(join(folder, expected));
  });

  test("is the folder itself where there is no project", () => {
    expect(programFolder(join(folder, "src"))).toBe(join(folder, "src"));
  });
});
