import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { adoptionProgram } from "../../../../cli/adoption/adoption-program.js";
import type { Adoptable } from "../../../../provider/hosts/live/adoptable.js";

// The compiler reads all of @pulumi/pulumi, which takes seconds on a busy machine.
jest.setTimeout(120_000);

const repository = join(__dirname, "../../../..");
const UUID = "NUysqE-Zp64-Uw0n-BUhe-Q3al-j7Y7-dqU7QK";
const volume = (name: string, pool?: string) => ({
  name,
  pool,
  size: "20GiB",
  uuid: UUID,
  fileSystem: undefined,
  labels: {},
});

const found: Adoptable = {
  groups: [
    {
      name: "theirs",
      isKnown: false,
      pools: [{ name: "pool", isKnown: false, maxOvercommit: 1.5, allowUnzeroedChunks: true }],
      volumes: [
        { ...volume("data"), fileSystem: "ext4", labels: { tier: "gold" } },
        volume("a-b", "pool"),
        volume("a_b", "pool"),
        volume("group"),
      ],
    },
    {
      name: "fast",
      isKnown: true,
      pools: [{ name: "pool", isKnown: true, maxOvercommit: 2, allowUnzeroedChunks: false }],
      volumes: [volume("late", "pool"), volume("flat")],
    },
  ],
  leftOut: [{ path: "theirs/root", reason: "it is in use\nfor long" }],
};

/** What the compiler says of the text as a file of a program that uses the SDK. */
function complaintsOf(text: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-lvm-adopt-"));
  try {
    const file = join(folder, "adopt.ts");
    writeFileSync(file, text);
    const program = ts.createProgram([file], {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      strict: true,
      exactOptionalPropertyTypes: true,
      noUnusedLocals: true,
      noUnusedParameters: true,
      skipLibCheck: true,
      noEmit: true,
      types: ["node"],
      typeRoots: [join(repository, "node_modules/@types")],
      paths: { "pulumi-lvm": [join(repository, "sdk/index.ts")] },
    });
    return ts
      .getPreEmitDiagnostics(program)
      .filter((each) => each.file?.fileName === file || each.file === undefined)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("adoptionProgram", () => {
  const text = adoptionProgram("db-1", found);

  test("compiles against the SDK, and would not with what the SDK does not take", () => {
    expect(complaintsOf(text)).toEqual([]);
    expect(complaintsOf(text.replace("adopt:", "adoptt:"))).toEqual([expect.stringContaining("adoptt")]);
  });

  test("declares groups and pools as existing, and volumes by their UUID", () => {
    expect(text).toContain(`
  const theirsGroup = new lvm.VolumeGroup("db-1-theirs", {
    host,
    name: "theirs",
    existing: true,
  });
  const theirsPoolPool = new lvm.ThinPool("db-1-theirs-pool", {
    volumeGroup: theirsGroup,
    name: "pool",
    existing: true,
    maxOvercommit: 1.5,
    allowUnzeroedChunks: true,
  });
  const theirsData = new lvm.Volume("db-1-theirs-data", {
    volumeGroup: theirsGroup,
    name: "data",
    size: "20GiB",
    fileSystem: "ext4",
    labels: {"tier":"gold"},
    adopt: "${UUID}",
    deletionPolicy: "retain",
  });
`);
  });

  test("gives each its own variable and name", () => {
    expect(text.match(/const \w+/g)).toEqual(
      ["theirsGroup", "theirsPoolPool", "theirsData", "theirsAB", "theirsAB2", "theirsGroup2"]
        .concat(["fastGroup", "fastPoolPool", "fastLate", "fastFlat"])
        .map((name) => `const ${name}`),
    );
    expect(text).toContain('new lvm.Volume("db-1-theirs-a-b", {');
    expect(text).toContain('new lvm.Volume("db-1-theirs-a_b", {');
  });

  test("refers to what the stack has by a ref, and returns what it declares", () => {
    expect(text).toContain(`
  const fastPoolPool = {
    name: "pool",
    volumeGroup: "fast",
    maxOvercommit: 2,
    allowUnzeroedChunks: false,
    host,
  };
`);
    expect(text).toMatch(/ {2}return \{\n(?: {4}(?!fastGroup|fastPoolPool)\w+,\n){8} {2}\};\n\}\n/);
  });

  test("says how to call it, and what is left out and why, each on one line", () => {
    expect(text).toContain('import { adoptDb1 } from "./adopt-db-1.js";\n//     adoptDb1(host);');
    expect(text).toMatch(/\n\/\/ Left out:\n\/\/ {3}theirs\/root: it is in use for long\n$/);
  });

  test("is a comment alone when there is nothing", () => {
    expect(adoptionProgram("db1", { groups: [], leftOut: [] })).toBe(
      '// Host "db1" has nothing that the stack does not have and could have.\n',
    );
  });
});
