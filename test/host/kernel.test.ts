import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type LabHost, labHosts, shOk } from "../lab/index.js";
import { isLinuxFrom } from "../lab/kernel-version.js";
import { labDir } from "../lab/lab-dir.js";
import { type UmlKernel, umlKernel } from "../lab/uml-kernel.js";
import { readUmlState } from "../lab/uml-state.js";

// How the lab chooses the kernel of its hosts, on this machine itself: only the first test asks a host.

const [host] = labHosts() as [LabHost];
const directory = mkdtempSync(join(tmpdir(), "lab-kernel-test-"));
const request = { logFile: join(directory, "log"), signal: new AbortController().signal };
const own = expect.objectContaining({ program: "linux.uml", args: [] });
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

/** A kernel that this machine boots: the one that the hosts run. */
let working: UmlKernel;
let said: string[];

beforeAll(async () => {
  working = await umlKernel(request);
  process.env["APT_CONFIG"] = aptOfBookwormAlone();
});
beforeEach(() => {
  process.env["PULUMI_LVM_LAB_CACHE"] = mkdtempSync(join(directory, "cache-"));
  said = [];
  jest.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => {
  for (const name of ["APT_CONFIG", "PULUMI_LVM_LAB_CACHE"]) delete process.env[name];
  rmSync(directory, { recursive: true });
});

test("A host runs programs by seccomp when its kernel can", async () => {
  const console = readFileSync(readUmlState(labDir(), host.name)?.console ?? "", "utf8");
  const bySeccomp = /^Checking that seccomp filters can be installed\.*OK/m.test(console);
  expect(bySeccomp).toBe(isLinuxFrom(await shOk(host, "uname -r"), { major: 6, minor: 16 }));
});

test("No suite but bookworm is to be had: hosts run this machine's own kernel, and one line says why", async () => {
  expect(await umlKernel(request)).toEqual(own);
  expect(said).toEqual([
    expect.stringMatching(
      /hosts run this machine's own kernel \S+, at half the speed .*: The repository .* sid Release/,
    ),
  ]);
});

test("The mirror has no newer suite any more: hosts run the newest kernel of an earlier day", async () => {
  const entry = cacheHolds({ program: working.program, modulesDir: working.modulesDir, askedAt: hoursAgo(25) });
  expect(await umlKernel(request)).toMatchObject({ program: join(entry, "linux.uml"), version: working.version });
  expect(said[0]).toMatch(/hosts run the newest kernel of an earlier day: The repository .* sid Release/);
});

test("A kernel that was found within a day and boots serves without asking and without a word", async () => {
  cacheHolds({ program: working.program, modulesDir: working.modulesDir, askedAt: hoursAgo(23) });
  const first = await umlKernel(request);
  said = [];
  expect(await umlKernel(request)).toEqual(first);
  expect(said).toEqual([]);
});

test("The newest kernel hangs at boot: hosts run this machine's own, and it is not tried again this day", async () => {
  const starts = join(directory, "starts");
  const program = join(directory, "hangs");
  writeFileSync(program, `#!/bin/sh\necho start >>${starts}\nexec sleep 600\n`, { mode: 0o755 });
  cacheHolds({ program, modulesDir: working.modulesDir, askedAt: hoursAgo(0) });
  const why = new RegExp(`own kernel .*: Cannot boot kernel ${working.version} within 1 s`);
  for (const _ of ["tried", "known"]) {
    expect(await umlKernel({ ...request, tryLimitMs: 1_000 })).toEqual(own);
    expect(said.at(-1)).toMatch(why);
  }
  expect(readFileSync(starts, "utf8")).toBe("start\n");
});

test("The newest kernel has not all modules that hosts take: they run this machine's own, and the line names them", async () => {
  const modulesDir = join(directory, "modules");
  mkdirSync(join(modulesDir, working.version), { recursive: true });
  cacheHolds({ program: working.program, modulesDir, askedAt: hoursAgo(0) });
  expect(await umlKernel(request)).toEqual(own);
  expect(said.at(-1)).toContain(
    `kernel ${working.version} cannot load dm-thin-pool, dm-snapshot, dm-crypt, loop, fuse`,
  );
});

/** Puts a kernel into the cache as an earlier start of the lab leaves it, but untried, and returns its directory. */
function cacheHolds({
  program,
  modulesDir,
  askedAt,
}: {
  program: string;
  modulesDir: string;
  askedAt: string;
}): string {
  const cache = process.env["PULUMI_LVM_LAB_CACHE"] ?? "";
  const entry = join(cache, "kernel-0");
  mkdirSync(join(entry, "lib"), { recursive: true });
  symlinkSync(
    program.startsWith("/") ? program : execFileSync("which", [program], { encoding: "utf8" }).trim(),
    join(entry, "linux.uml"),
  );
  symlinkSync(modulesDir, join(entry, "lib/modules"));
  writeFileSync(join(cache, "newest-kernel.json"), JSON.stringify({ askedAt, entry }));
  return entry;
}

/** Makes a mirror of Debian on this machine with bookworm alone, and a configuration of apt that knows no other. */
function aptOfBookwormAlone(): string {
  const config = join(directory, "apt.conf");
  const suite = join(directory, "debian/dists/bookworm");
  const packages = "Package: user-mode-linux\nVersion: 6.1um4\nArchitecture: amd64\nFilename: none\nSize: 0\n";
  const digest = createHash("sha256").update(packages).digest("hex");
  const release = [
    "Origin: Debian",
    "Codename: bookworm",
    "Date: Sat, 10 Jun 2023 00:00:00 UTC",
    "Architectures: amd64",
    "Components: main",
    "SHA256:",
    ` ${digest} ${packages.length} main/binary-amd64/Packages`,
  ];
  const settings = [
    `Dir::Etc::sourcelist "${directory}/sources.list"`,
    'Dir::Etc::sourceparts "-"',
    `Dir::State::lists "${directory}/lists"`,
    `Dir::Cache "${directory}/apt"`,
  ];
  const files: [string, string][] = [
    [join(suite, "Release"), `${release.join("\n")}\n`],
    [join(suite, "main/binary-amd64/Packages"), packages],
    [join(directory, "sources.list"), `deb [trusted=yes] file:${directory}/debian bookworm main\n`],
    [config, settings.map((line) => `${line};\n`).join("")],
  ];
  for (const [file, text] of files) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  for (const name of ["lists/partial", "apt/archives/partial"]) mkdirSync(join(directory, name), { recursive: true });
  execFileSync("apt-get", ["update"], { env: { ...process.env, APT_CONFIG: config }, stdio: "pipe" });
  return config;
}
