import { spawnSync } from "node:child_process";
import { hostPrograms } from "../../../../provider/programs/host-programs.js";

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

  test("every program has the unit that starts it", () => {
    const units = files.filter(({ name }) => name.endsWith(".service")).map(({ text }) => text);
    for (const { name } of files.filter(({ mode }) => mode === "0755")) {
      expect(units.join("\n")).toContain(`ExecStart=/usr/local/lib/pulumi-lvm/current/${name}\n`);
    }
  });
});
