import { closeChannels } from "../../provider/hosts/channels.js";
import { type LabHost, labHosts } from "../lab/index.js";
import { BackupHost, succeeded } from "./backup-host.js";
import { Schedule } from "./schedule.js";

const [, host] = labHosts() as [LabHost, LabHost];
const on = new BackupHost(host);

beforeAll(() => on.open());
afterAll(() => closeChannels());

const snapshots = async () =>
  (await on.sh("lvs --noheadings -o lv_tags | grep -o 'backup-of=[^,]*' | sort || :"))
    .trim()
    .split("\n")
    .filter(Boolean);

test("cleanup takes away what backups of a volume keep on the host, and again changes nothing", async () => {
  const volume = await on.volume("cleaned", "64MiB");
  await volume.backup();
  const cleanup = () => on.run("cleanup", { target: "s3", volume: { id: volume.id } });
  succeeded(await cleanup());
  succeeded(await cleanup());
  expect(await snapshots()).toEqual([]);
  expect(await on.sh("find /var/lib/pulumi-lvm/backups /var/lib/pulumi-lvm/metrics -mindepth 1")).toBe("");
});

test("a deleted volume keeps its base as long as it can come back, and the reaper removes both", async () => {
  const kept = await on.volume("kept", "64MiB", true, "tombstone");
  const gone = await on.volume("gone", "64MiB");
  for (const volume of [kept, gone]) await volume.backup();
  expect(await snapshots()).toHaveLength(2);
  await gone.destroy();
  await kept.destroy();
  expect(await snapshots()).toEqual([`backup-of=${kept.id}`]);
  // A snapshot whose volume somebody removed by hand.
  await on.sh(
    "lvcreate -q -y -V 4M --thinpool pool -n lost --addtag pulumi-lvm.backup-of=11111111-1111-1111-1111-111111111111 fast",
  );
  await on.sh(`tag=$(lvs --noheadings -o lv_tags fast | grep -o 'pulumi-lvm.reap-after=[0-9]*')
lv=$(lvs --noheadings -o lv_full_name,lv_tags | awk '/reap-after=/ { print $1 }')
lvchange -q --deltag "$tag" --addtag pulumi-lvm.reap-after=1 "$lv"; lvchange -q -an fast/lost; systemctl start pulumi-lvm-reap.service`);
  expect(await snapshots()).toEqual([]);
  expect((await on.sh("lvs --noheadings -o lv_name fast")).trim().split(/\s+/)).toEqual(["cleaned", "pool"]);
  expect(await on.sh("ls /var/lib/pulumi-lvm/backups")).toBe("");
});

test("the guard trusts no recovery point that is damaged, forgotten or gone with its repository", async () => {
  const volume = await on.volume("guarded", "64MiB");
  await volume.write(0, 9000);
  const schedule = new Schedule(on, volume, "9a3c2f5e-8a58-4a8e-9d0e-0f6f2f1c7a22");
  await schedule.install({ verification: { afterBackup: true } });
  const guard = async () => (await on.run("guard", { volume: { id: volume.id } })).failure?.detail ?? "";
  const none = 'target "s3" has no verified recovery point of it';
  expect(await schedule.start()).toBe(true);
  expect(await guard()).toBe("");

  const aside = volume.copy("repository");
  await on.sh(`mv ${volume.repository} ${aside}`);
  expect(await guard()).toBe(none);
  await on.sh(`mv ${aside} ${volume.repository}`);
  succeeded(await on.run("verify", volume.request));
  expect(await guard()).toBe("");

  await on.sh(`cp -a ${volume.repository} ${aside}
cd ${volume.repository}; p=$(find data -type f -size +1M | head -n 1); chmod u+w $p; printf '\\377\\377' | dd of=$p bs=1 seek=100000 conv=notrunc status=none`);
  expect((await on.run("verify", volume.request)).failure).toMatchObject({ code: "damaged" });
  expect(await guard()).toMatch(new RegExp(`^${none}, as its repository is damaged: `));
  await on.sh(`rm -rf ${volume.repository}; mv ${aside} ${volume.repository}`);
  succeeded(await on.run("verify", volume.request));
  expect(await guard()).toBe("");

  const { recoveryPoint } = (await volume.status()).lastVerified ?? {};
  succeeded(await on.run("forget", { ...volume.request, recoveryPoint }));
  expect(await guard()).toBe(none);
  expect(await schedule.start()).toBe(true);
  expect(await guard()).toBe("");
  // In a destroy the schedule goes first, and nobody can ask after that.
  await on.sh(`rm -rf ${volume.repository}
/usr/local/lib/pulumi-lvm/current/pulumi-lvm-backup inspect <${schedule.file} >&2; rm ${schedule.file}`);
  expect(await guard()).toBe(none);
});

test("all removed: nothing is left", async () => {
  expect(await on.close()).toBe("");
});
