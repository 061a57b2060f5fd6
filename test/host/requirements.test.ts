import { closeChannels } from "../../provider/hosts/channels.js";
import { SUPPORTED } from "../../provider/hosts/observation/missing-command.js";
import { resource } from "../../provider/index.js";
import { hostFingerprint, type LabHost, labHosts, resetHost, shOk } from "../lab/index.js";
import { refTo } from "./managed.js";

const [host] = labHosts() as [LabHost];

beforeAll(() => resetHost(host));
afterAll(closeChannels);

const inputs = (backups: boolean) => ({
  host: refTo(host, ""),
  owner: "organization/lab/requirements/host/node",
  backups,
});

/** What a preview says of a new Host, and what its create says by itself: why not, or "made", and it is deleted again. */
async function refusals(backups: boolean): Promise<{ preview: string[]; create: string }> {
  // A process that has changed something there previews nothing any more.
  await closeChannels();
  const { failures } = await resource("host").check({}, inputs(backups));
  const create = await resource("host")
    .create(inputs(backups))
    .then(
      ({ id, outs }) =>
        resource("host")
          .delete(id, outs)
          .then(() => "made"),
      (error: Error) => error.message,
    );
  return { preview: failures.map(({ reason }) => reason), create };
}

/** Programs of that name come before the real ones on the PATH of every script. */
async function withPrograms(programs: Record<string, string>, act: () => Promise<void>): Promise<void> {
  const paths = Object.keys(programs).map((name) => `/usr/local/sbin/${name}`);
  for (const [name, says] of Object.entries(programs)) {
    await shOk(host, `printf '#!/bin/sh\\necho "%s"\\n' '${says}' >/usr/local/sbin/${name}`);
  }
  await shOk(host, `chmod 755 ${paths.join(" ")}`);
  try {
    await act();
  } finally {
    await shOk(host, `rm ${paths.join(" ")}`);
  }
}

test("a host as Debian ships it is fit for all", async () => {
  expect(await refusals(true)).toEqual({ preview: [], create: "made" });
});

test("programs that are too old, or known to be wrong, are refused by the preview and by create, and nothing is left there", async () => {
  const before = await hostFingerprint(host);
  const old = {
    restic: "restic 0.13.1 compiled with go1.18.2 on linux/amd64",
    thin_delta: "thin_delta 1.0.3",
    python3: "Python 3.9.18",
  };
  await withPrograms(old, async () => {
    const has = [
      "has thin-provisioning-tools 1.0.3 and needs 1.0.6 or newer",
      "has restic 0.13.1 and needs 0.14.0 or newer",
      "has python3 3.9.18 and needs 3.10 or newer",
    ];
    expect(await refusals(true)).toEqual({
      preview: [`Host "node" ${has.join("; ")}\n${SUPPORTED}`],
      create: `Cannot set up our programs on host "node": it ${has.join("; it ")}\n${SUPPORTED}`,
    });
    expect(await refusals(false)).toEqual({ preview: [], create: "made" });
  });
  expect(await hostFingerprint(host)).toBe(before);
});

test("an lvm2 that is too old is refused without backups too", async () => {
  // It answers to nothing else, as the script ends before it asks more.
  await shOk(
    host,
    `printf '#!/bin/sh\\n[ "$1" != version ] || { echo "  LVM version:     2.03.11(2) (2021-01-08)"; exit; }\\nexec /usr/sbin/lvm "$@"\\n' >/usr/local/sbin/lvm; chmod 755 /usr/local/sbin/lvm`,
  );
  try {
    expect(await refusals(false)).toEqual({
      preview: [`Host "node" has lvm2 2.03.11 and needs 2.03.12 or newer\n${SUPPORTED}`],
      create: `Cannot set up our programs on host "node": it has lvm2 2.03.11 and needs 2.03.12 or newer\n${SUPPORTED}`,
    });
  } finally {
    await shOk(host, "rm /usr/local/sbin/lvm");
  }
});

test("what is missing comes with the package that brings it", async () => {
  const folder = "/usr/lib/python3/dist-packages";
  await shOk(host, `mkdir /root/hidden; mv ${folder}/pyfuse3* /root/hidden/`);
  const next = "Install what is missing with: apt-get install python3-pyfuse3";
  try {
    expect(await refusals(true)).toEqual({
      preview: [`Host "node" lacks pyfuse3\n${next}`],
      create: `Cannot set up our programs on host "node": it lacks pyfuse3\n${next}`,
    });
  } finally {
    await shOk(host, `mv /root/hidden/* ${folder}/; rmdir /root/hidden`);
  }
});
