import { spawnSync } from "node:child_process";
import { hostPrograms } from "../../../../provider/resources/host-programs.js";

describe("hostPrograms", () => {
  const { digest, files } = hostPrograms();

  test("names a set by what is in it", () => {
    expect(digest).toMatch(/^[0-9a-f]{16}$/);
    expect(hostPrograms()).toEqual({ digest, files });
  });

  test.each(files.filter(({ mode }) => mode === "0755"))("program $name is a whole script of POSIX sh", ({ text }) => {
    expect(text.startsWith("#!/bin/sh\n")).toBe(true);
    const { status, stderr } = spawnSync("/bin/sh", ["-n"], { input: text, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("the backup program comes with its Python files, in a folder of their own", () => {
    const python = files.filter(({ name }) => name.endsWith(".py"));
    expect(python.map(({ name }) => name)).toContain("backup/__main__.py");
    for (const { name, mode } of python)
      expect([name, mode]).toEqual([expect.stringMatching(/^backup\/(\w+\/)?\w+\.py$/), "0644"]);
  });

  test("every program that runs by itself has the unit that starts it", () => {
    const units = files.filter(({ name }) => name.endsWith(".service")).map(({ text }) => text);
    const isCalled = (name: string) => name === "pulumi-lvm-backup";
    for (const { name } of files.filter(({ name, mode }) => mode === "0755" && !isCalled(name))) {
      expect(units.join("\n")).toContain(`ExecStart=/usr/local/lib/pulumi-lvm/current/${name}\n`);
    }
  });

  test("what backups run in has the weights, and a name that puts it beside the slices of guests", () => {
    const slice = files.find(({ name }) => name === "pulumilvm.slice")?.text ?? "";
    expect(slice.split("\n")).toEqual(expect.arrayContaining(["[Slice]", "CPUWeight=20", "IOWeight=20"]));
  });

  // A host's awk writes them line by line.
  test("every file is text of whole lines", () => {
    for (const { text } of files) expect(text).toMatch(/^[^\0\r]+\n$/);
  });

  test.each([
    ["backup", "run"],
    ["prune", "prune"],
    ["drill", "drill"],
  ])(
    "the service of a scheduled %s gives the document to the program, and settles what became of it",
    (kind, command) => {
      const unit = files.find(({ name }) => name === `pulumi-lvm-${kind}@.service`)?.text ?? "";
      const program = "/usr/local/lib/pulumi-lvm/current/pulumi-lvm-backup";
      expect(unit.split("\n")).toEqual(
        expect.arrayContaining([
          "StandardInput=file:/etc/pulumi-lvm/schedules/%i.json",
          `ExecStart=${program} ${command}`,
          `ExecStopPost=-${program} settle`,
          "KillMode=mixed",
          "Slice=pulumilvm.slice",
          "OOMScoreAdjust=500",
        ]),
      );
      expect(unit).toMatch(/^After=.*network-online\.target.*pulumi-lvm-reactivate\.service/m);
    },
  );
});
