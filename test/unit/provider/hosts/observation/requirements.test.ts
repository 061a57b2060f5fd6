import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scriptText } from "../../../../../provider/hosts/script/script.js";

/** What the shell and the functions themselves need, for a PATH with nothing else. */
const TOOLS = ["awk", "cat", "sed", "tr"];

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "requirements-"));
  mkdirSync(join(directory, "bin"));
  for (const tool of TOOLS) {
    const path = execFileSync("/bin/sh", ["-c", `readlink -f "$(command -v ${tool})"`], { encoding: "utf8" }).trim();
    symlinkSync(path, join(directory, "bin", tool));
  }
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Runs one of the functions as on a host that has this os-release, and the commands in the test's folder. */
function call(name: string): string[] {
  const script = `set -eu\n${scriptText("hosts/observation/requirements.sh")}\n${name}\n`
    .replaceAll("/etc/os-release", join(directory, "os-release"))
    .replaceAll(/\/usr\/(local\/)?lib\*/g, join(directory, "lib*"));
  const output = execFileSync("/bin/sh", ["-s"], {
    input: script,
    encoding: "utf8",
    env: { PATH: join(directory, "bin") },
  });
  return output.split("\n").filter((line) => line !== "");
}

const osRelease = (text: string): void => writeFileSync(join(directory, "os-release"), text);

function program(name: string, says = ""): void {
  writeFileSync(join(directory, "bin", name), `#!/bin/sh\ncat <<'END'\n${says}\nEND\n`, { mode: 0o755 });
}

const DEBIAN_12 = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
`;
const DEBIAN_13 = `PRETTY_NAME="Debian GNU/Linux 13 (trixie)"
NAME="Debian GNU/Linux"
VERSION_ID="13"
VERSION="13 (trixie)"
VERSION_CODENAME=trixie
DEBIAN_VERSION_FULL=13.1
ID=debian
`;
const UBUNTU = `PRETTY_NAME="Ubuntu 24.04.2 LTS"
NAME="Ubuntu"
VERSION_ID="24.04"
VERSION="24.04.2 LTS (Noble Numbat)"
VERSION_CODENAME=noble
ID=ubuntu
ID_LIKE=debian
`;
const RHEL = `NAME="Red Hat Enterprise Linux"
VERSION="9.4 (Plow)"
ID="rhel"
ID_LIKE="fedora"
VERSION_ID="9.4"
PLATFORM_ID="platform:el9"
PRETTY_NAME="Red Hat Enterprise Linux 9.4 (Plow)"
`;
const ROCKY = `NAME="Rocky Linux"
VERSION="9.4 (Blue Onyx)"
ID="rocky"
ID_LIKE="rhel centos fedora"
VERSION_ID="9.4"
`;
const FEDORA = `NAME="Fedora Linux"
VERSION="42 (Server Edition)"
RELEASE_TYPE=stable
ID=fedora
VERSION_ID=42
`;
const LEAP = `NAME="openSUSE Leap"
VERSION="15.6"
ID="opensuse-leap"
ID_LIKE="suse opensuse"
VERSION_ID="15.6"
`;
const SLES = `NAME="SLES"
VERSION="15-SP6"
ID="sles"
ID_LIKE="suse"
`;
const ARCH = `NAME="Arch Linux"
PRETTY_NAME="Arch Linux"
ID=arch
BUILD_ID=rolling
`;
const ALPINE = `NAME="Alpine Linux"
ID=alpine
VERSION_ID=3.20.3
`;

describe("install_command", () => {
  test.each([
    ["Debian 12", DEBIAN_12, ["apt-get install"]],
    ["Debian 13", DEBIAN_13, ["apt-get install"]],
    ["Ubuntu 24.04", UBUNTU, ["apt-get install"]],
    ["RHEL 9", RHEL, ["dnf install"]],
    ["Rocky 9", ROCKY, ["dnf install"]],
    ["Fedora", FEDORA, ["dnf install"]],
    ["openSUSE Leap", LEAP, ["zypper install"]],
    ["SLES", SLES, ["zypper install"]],
    ["Arch", ARCH, ["pacman -S"]],
    ["Alpine, which has no systemd", ALPINE, []],
  ])("knows %s", (_, text, expected) => {
    osRelease(text);
    expect(call("install_command /etc/os-release")).toEqual(expected);
  });

  test("a host without the file is of no family that we know", () => {
    expect(call("install_command /etc/os-release")).toEqual([]);
  });
});

describe("list_missing", () => {
  const packagesOf = (command: string) =>
    call("list_missing")
      .filter((line) => line.startsWith(`${command} `))
      .map((line) => line.slice(command.length + 1));

  test.each([
    ["Debian 13", DEBIAN_13, "thin-provisioning-tools", "python3-pyfuse3", "python3"],
    ["Ubuntu 24.04", UBUNTU, "thin-provisioning-tools", "python3-pyfuse3", "python3"],
    ["RHEL 9", RHEL, "device-mapper-persistent-data", "python3-pyfuse3", "python3"],
    ["Fedora", FEDORA, "device-mapper-persistent-data", "python3-pyfuse3", "python3"],
    ["openSUSE Leap", LEAP, "thin-provisioning-tools", "python3-pyfuse3", "python3"],
    ["Arch", ARCH, "thin-provisioning-tools", "python-pyfuse3", "python"],
  ])("names the packages of %s", (_, text, tools, pyfuse3, python) => {
    osRelease(text);
    expect(["thin_check", "pyfuse3", "python3"].map(packagesOf)).toEqual([[tools], [pyfuse3], [python]]);
  });

  test("names nothing that is there, pyfuse3 as an extension or as a package", () => {
    osRelease(DEBIAN_12);
    for (const line of call("list_missing")) program(line.split(" ")[0] ?? "");
    expect(call("list_missing")).toEqual(["pyfuse3 python3-pyfuse3"]);
    for (const [folder, file] of [
      ["lib/python3/dist-packages", "pyfuse3.cpython-311-x86_64-linux-gnu.so"],
      ["lib64/python3.12/site-packages/pyfuse3", "__init__.py"],
    ] as const) {
      mkdirSync(join(directory, folder), { recursive: true });
      writeFileSync(join(directory, folder, file), "");
      expect(call("list_missing")).toEqual([]);
      rmSync(join(directory, folder), { recursive: true });
    }
  });
});

describe("list_outdated", () => {
  const lvm = (first: string) => `  LVM version:     ${first}
  Library version: 1.02.177 (2021-01-08)
  Driver version:  4.47.0`;

  test.each([
    ["lvm2 of Debian 12", "lvm", lvm("2.03.16(2) (2022-05-18)"), []],
    ["lvm2 of Debian 13", "lvm", lvm("2.03.31(2) (2025-02-27)"), []],
    ["lvm2 with a vendor's suffix", "lvm", lvm("2.03.14(2)-RHEL8 (2021-10-20)"), []],
    ["lvm2 of Debian 11", "lvm", lvm("2.03.11(2) (2021-01-08)"), ["lvm2 2.03.11 2.03.12"]],
    ["an lvm2 whose parts are longer", "lvm", lvm("2.02.188(2) (2021-05-07)"), ["lvm2 2.02.188 2.03.12"]],
    ["the tools of Debian 12", "thin_delta", "0.9.0", []],
    ["tools that are not tested", "thin_delta", "0.8.5", ["thin-provisioning-tools 0.8.5 0.9.0"]],
    ["the first tools in Rust", "thin_delta", "thin_delta 1.0.0", ["thin-provisioning-tools 1.0.0 1.0.6"]],
    ["tools with a wrong thin_delta", "thin_delta", "thin_delta 1.0.3", ["thin-provisioning-tools 1.0.3 1.0.6"]],
    ["the last of these", "thin_delta", "thin_delta 1.0.5", ["thin-provisioning-tools 1.0.5 1.0.6"]],
    ["the first tools without that fault", "thin_delta", "thin_delta 1.0.6", []],
    ["tools with a patch level of two digits", "thin_delta", "thin_delta 1.0.11", []],
    ["the tools of Debian 13", "thin_delta", "1.1.0", []],
    ["restic of Debian 12", "restic", "restic 0.14.0 compiled with go1.19.8 on linux/amd64", []],
    ["restic of Debian 13", "restic", "restic 0.18.0 compiled with go1.24.4 on linux/amd64", []],
    ["restic of Debian 11", "restic", "restic 0.11.0 compiled with go1.15.9 on linux/amd64", ["restic 0.11.0 0.14.0"]],
    ["Python of Debian 12", "python3", "Python 3.11.2", []],
    ["the oldest Python that will do", "python3", "Python 3.10.0", []],
    ["Python of RHEL 9", "python3", "Python 3.9.18", ["python3 3.9.18 3.10"]],
    ["a Python that is not released yet", "python3", "Python 3.14.0rc2", []],
  ])("%s", (_, command, says, expected) => {
    program(command, says);
    expect(call("list_outdated")).toEqual(expected);
  });

  test("leaves out what is not there: that is missing", () => {
    expect(call("list_outdated")).toEqual([]);
  });

  test("names each program that is too old", () => {
    program("restic", "restic 0.12.1 compiled with go1.16.6 on linux/amd64");
    program("python3", "Python 3.9.2");
    expect(call("list_outdated")).toEqual(["restic 0.12.1 0.14.0", "python3 3.9.2 3.10"]);
  });
});
