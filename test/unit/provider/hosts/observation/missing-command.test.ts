import { SUPPORTED, unfitness } from "../../../../../provider/hosts/observation/missing-command.js";

const fit = { missing: [], outdated: [], installCommand: "apt-get install" };
const missing = [
  { command: "blkid", package: "util-linux" },
  { command: "flock", package: "util-linux" },
  { command: "restic", package: "restic" },
];
const outdated = [
  { name: "python3", version: "3.9.18", lowest: "3.10" },
  { name: "thin-provisioning-tools", version: "1.0.3", lowest: "1.0.6" },
];

describe("unfitness", () => {
  test("a host with all that is needed is fit", () => {
    expect(unfitness(fit, true)).toBeUndefined();
  });

  test("what is missing comes with the command that installs it, each package once", () => {
    expect(unfitness({ ...fit, missing }, true)).toEqual({
      what: "lacks blkid, flock, restic",
      next: "Install what is missing with: apt-get install util-linux restic",
    });
  });

  test("what is too old comes with the version that will do, and where there is one", () => {
    expect(unfitness({ ...fit, outdated }, true)).toEqual({
      what: "has python3 3.9.18 and needs 3.10 or newer; has thin-provisioning-tools 1.0.3 and needs 1.0.6 or newer",
      next: SUPPORTED,
    });
  });

  test("without backups, what only they need does not count", () => {
    expect(unfitness({ ...fit, missing, outdated }, false)?.what).toBe("lacks blkid, flock");
    const lvm = { name: "lvm2", version: "2.03.11", lowest: "2.03.12" };
    expect(unfitness({ ...fit, outdated: [...outdated, lvm] }, false)?.what).toBe(
      "has lvm2 2.03.11 and needs 2.03.12 or newer",
    );
  });

  test("where nothing is known to install packages, it says which systems have them", () => {
    const alone = { ...fit, installCommand: "", missing: [{ command: "systemctl", package: "systemd" }] };
    expect(unfitness(alone, false)).toEqual({ what: "lacks systemctl", next: SUPPORTED });
  });
});
