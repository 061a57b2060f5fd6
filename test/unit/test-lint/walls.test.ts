import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const repository = join(__dirname, "../../..");
const wall = "lint/style/noRestrictedImports";
const lazy = "plugin";

/** A file that breaks a wall or is too long, and the rule that has to say so. */
const broken: [file: string, line: string, rule: string][] = [
  ["sdk/to-cli.ts", 'import "../cli/main.js";', wall],
  ["sdk/to-lifecycle.ts", 'import type { Lifecycle } from "../provider/lifecycle.js";', wall],
  ["sdk/to-resources.ts", 'import "../provider/resources/volume.js";', wall],
  ["sdk/to-hosts-at-once.ts", 'import { channelTo } from "../provider/hosts/channels.js"; channelTo;', lazy],
  ["sdk/to-index.ts", 'import { resource } from "../provider/index.js"; resource;', lazy],
  ["sdk/again.ts", 'export { channelTo } from "../provider/hosts/channels.js";', lazy],
  ["provider/to-sdk.ts", 'import "../sdk/index.js";', wall],
  ["provider/to-cli.ts", 'import "../cli/main.js";', wall],
  ["provider/resources/to-cli.ts", 'import "../../cli/main.js";', wall],
  ["provider/resources/to-sdk.ts", 'export * from "../../sdk/index.js";', wall],
  ["provider/hosts/to-root.ts", 'import type { Lifecycle } from "../lifecycle.js";', wall],
  ["provider/hosts/to-resources.ts", 'import "../resources/volume.js";', wall],
  ["provider/hosts/ssh/to-root.ts", 'import "../../lifecycle.js";', wall],
  ["provider/hosts/ssh/to-cli.ts", 'void import("../../../cli/main.js");', wall],
  ["provider/model/to-hosts.ts", 'import type { HostError } from "../hosts/errors.js";', wall],
  ["provider/model/to-root.ts", 'import "../lifecycle.js";', wall],
  ["provider/model/inputs/to-hosts.ts", 'import "../../hosts/errors.js";', wall],
  ["provider/model/with-files.ts", 'import "node:fs";', wall],
  ["provider/model/policy/with-network.ts", 'import "node:net";', wall],
  ["provider/model/policy-file/with-network.ts", 'import "node:net";', wall],
  ["cli/to-sdk.ts", 'import "../sdk/index.js";', wall],
  ["cli/commands/to-sdk.ts", 'import "../../sdk/index.js";', wall],
  ["cli/commands/to-resources.ts", 'import "../../provider/resources/volume.js";', wall],
  ["cli/commands/to-root.ts", 'import "../../provider/lifecycle.js";', wall],
  ["provider/long.ts", "export {};\n".repeat(251), "lint/style/noExcessiveLinesPerFile"],
  ["test/e2e/long.test.ts", "export {};\n".repeat(251), "lint/style/noExcessiveLinesPerFile"],
  ["cli/long.ts", `export function f() {${"\n;".repeat(61)}\n}`, "lint/complexity/noExcessiveLinesPerFunction"],
  ["test/host/long.ts", `export function f() {${"\n;".repeat(61)}\n}`, "lint/complexity/noExcessiveLinesPerFunction"],
  [
    "cli/report/one.ts",
    'import { two } from "./two.js"; export const one = () => two;',
    "lint/suspicious/noImportCycles",
  ],
  [
    "cli/report/two.ts",
    'import { one } from "./one.js"; export const two = () => one;',
    "lint/suspicious/noImportCycles",
  ],
];

/** A line that no wall is in the way of. */
const allowed: [file: string, line: string][] = [
  ["sdk/with-model.ts", 'import "../provider/model/size.js";'],
  ["sdk/with-types.ts", 'export type { LiveVolume } from "../provider/hosts/live/volumes.js";'],
  ["sdk/with-lazy-hosts.ts", 'void import("../provider/hosts/channels.js");'],
  ["provider/with-rooms.ts", 'import "./resources/volume.js"; import "./hosts/errors.js"; import "./model/size.js";'],
  [
    "provider/resources/with-rooms.ts",
    'import "../lifecycle.js"; import "../hosts/errors.js"; import "../model/size.js";',
  ],
  ["provider/hosts/with-model.ts", 'import "../model/size.js"; import "./ssh/ssh.js"; import "node:fs";'],
  ["provider/hosts/ssh/with-model.ts", 'import "../../model/size.js"; import "../errors.js";'],
  ["provider/model/inputs/with-model.ts", 'import "../size.js"; import "../policy/backup-policy.js";'],
  ["provider/model/policy-file/with-a-file.ts", 'import "node:fs";'],
  ["cli/commands/with-rooms.ts", 'import "../../provider/hosts/errors.js"; import "../../provider/model/size.js";'],
];

/** The callback of a `describe` is a list of tests, and may be long. */
const manyTests: [file: string, text: string] = [
  "test/host/many.test.ts",
  `describe("", () => {${"\n;".repeat(61)}\n});`,
];

let rules: ReadonlyMap<string, readonly string[]>;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "walls-"));
  const put = (file: string, text: string) => {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  put("test/lint/.keep", "");
  for (const file of ["biome.json", "test/lint/lazy-hosts.grit"])
    copyFileSync(join(repository, file), join(folder, file));
  for (const [file, line] of [...broken, ...allowed, manyTests]) put(file, `${line}\n`);
  rules = lint(folder);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** The rules that each file of a folder breaks. */
function lint(cwd: string): Map<string, string[]> {
  const biome = join(repository, "node_modules/.bin/biome");
  const args = ["lint", "--vcs-enabled=false", "--reporter=json", "--max-diagnostics=none"];
  let text: string;
  try {
    text = execFileSync(biome, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch (error) {
    // It ends with 1, for it finds errors here.
    text = (error as { stdout: string }).stdout;
  }
  const { diagnostics } = JSON.parse(text) as {
    diagnostics: { category: string; severity: string; location: { path: string | { file: string } } }[];
  };
  const found = new Map<string, string[]>();
  for (const { category, severity, location } of diagnostics) {
    const path = typeof location.path === "string" ? location.path : location.path.file;
    if (severity === "error") found.set(path, [...(found.get(path) ?? []), category]);
  }
  return found;
}

describe("the walls between the rooms", () => {
  test.each(broken.map(([file, , rule]) => [file, rule]))("%s is refused by %s", (file, rule) => {
    expect(rules.get(file)).toEqual([rule]);
  });

  test.each(allowed)("%s may say: %s", (file) => {
    expect(rules.get(file)).toBeUndefined();
  });

  test("a list of tests may be long", () => {
    expect(rules.get(manyTests[0])).toBeUndefined();
  });
});
