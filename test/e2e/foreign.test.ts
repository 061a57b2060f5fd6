import { hostFingerprint, type LabHost, labHosts, resetHost, sh, shOk } from "../lab/index.js";
import { oneHost, type Spec } from "../support/spec.js";
import { changesOf, Deployment, refusalOf } from "./harness/deployment.js";
import { foreignGroup } from "./harness/foreign-group.js";

const [host] = labHosts() as [LabHost];
const [, second, third] = host.disks as [string, string, string];

describe("what is not ours", () => {
  let deployment: Deployment;
  let before: string;

  beforeAll(async () => {
    await resetHost(host);
    await shOk(host, foreignGroup(second));
    before = await hostFingerprint(host);
    deployment = await Deployment.open("foreign");
  });
  afterEach(async () => {
    changesOf(await deployment.destroy());
    expect(await hostFingerprint(host)).toBe(before);
    expect(await shOk(host, "head -c 8 /dev/theirs/data")).toBe("precious");
  });
  afterAll(async () => {
    await deployment.close();
    await resetHost(host);
  });

  const theirs = (): Spec & Required<Pick<Spec, "groups" | "pools" | "volumes">> => ({
    ...oneHost(host),
    groups: { theirs: { host: "node", existing: true } },
    pools: { pool: { volumeGroup: "theirs", existing: true } },
    volumes: {},
  });

  test("a logical volume with the wanted name is refused at preview, which names its UUID", async () => {
    const spec = { ...theirs(), volumes: { data: { volumeGroup: "theirs", size: "64MiB" } } };
    const uuid = (await shOk(host, "lvs --noheadings -o lv_uuid theirs/data")).trim();
    const output = refusalOf(await deployment.preview(spec));
    expect(output).toContain('Logical volume "theirs/data" exists on host "node" and is not this volume\'s');
    expect(output).toContain(`adopt: "${uuid}"`);
  });

  test.each([
    ["a file system", `mkfs.ext4 -q -F ${third}`, "ext4"],
    ["a partition table", `printf '\\125\\252' | dd of=${third} bs=1 seek=510 conv=notrunc,fsync status=none`, "dos"],
    ["swap space", `mkswap ${third}`, "swap"],
    ["a physical volume of nobody", `pvcreate -q -y ${third}`, "LVM2_member"],
    // blkid exits as for an empty disk here, and prints nothing.
    [
      "two signatures that contradict each other",
      // The head of a GFS2 superblock, at 64 KiB.
      `mkfs.ext4 -q -F ${third}; printf '\\001\\026\\031\\160\\000\\000\\000\\001\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\144\\000\\000\\000\\000\\000\\000\\007\\011\\000\\000\\007\\154' | dd of=${third} bs=1024 seek=64 conv=notrunc,fsync status=none`,
      "gfs2",
    ],
  ])("a disk with %s is refused, and stays as it is", async (_what, make, word) => {
    await shOk(host, `${make} >/dev/null; udevadm settle`);
    const digest = await shOk(host, `head -c 2M ${third} | sha256sum`);
    const spec = { ...oneHost(host), groups: { fast: { host: "node", disks: [third] } }, pools: {} };
    try {
      const output = refusalOf(await deployment.up(spec));
      expect(output).toContain(word);
      expect(output).toContain(`wipefs -a ${third}`);
      expect(await shOk(host, `head -c 2M ${third} | sha256sum`)).toBe(digest);
    } finally {
      await shOk(host, `wipefs -q -a ${third}`);
    }
  });

  test("a disk that is mounted or used by another volume group is refused", async () => {
    const spec = { ...oneHost(host), groups: { fast: { host: "node", disks: [second] } }, pools: {} };
    expect(refusalOf(await deployment.up(spec))).toContain(`"${second}"`);
  });

  test("an existing pool is used and left alone; volumes of others count against its limit", async () => {
    const spec = theirs();
    spec.volumes = { mine: { pool: "pool", size: "128MiB", deletionPolicy: "delete" } };
    changesOf(await deployment.up(spec));
    expect(changesOf(await deployment.refresh())).toEqual({ same: 5 });
    spec.volumes = { mine: { pool: "pool", size: "256MiB", deletionPolicy: "delete" } };
    const output = refusalOf(await deployment.preview(spec));
    expect(output).toContain("maxOvercommit 1");
  });

  test("a pool that does not zero new chunks is refused unless the program says so", async () => {
    await shOk(host, "lvchange -q --zero n theirs/pool");
    const spec = theirs();
    spec.volumes = { mine: { pool: "pool", size: "64MiB", deletionPolicy: "delete" } };
    expect(refusalOf(await deployment.up(spec))).toContain("does not zero new chunks");
    spec.pools = { pool: { volumeGroup: "theirs", existing: true, allowUnzeroedChunks: true } };
    changesOf(await deployment.up(spec));
    await shOk(host, "lvchange -q --zero y theirs/pool");
  });

  test("a logical volume is adopted by its UUID, with its data, and the preview says what differs", async () => {
    await shOk(host, "lvcreate -q -y -L 64M -n old theirs; echo kept | dd of=/dev/theirs/old conv=fsync status=none");
    const uuid = (await shOk(host, "lvs --noheadings -o lv_uuid theirs/old")).trim();
    const spec = theirs();
    const volume = { volumeGroup: "theirs", size: "96MiB", adopt: uuid, deletionPolicy: "delete" };
    spec.volumes = { app: volume };
    const output = refusalOf(await deployment.preview(spec));
    expect(output).toContain('Logical volume "theirs/app" exists');
    spec.volumes = { adopted: volume };
    const preview = await deployment.preview(spec);
    changesOf(preview);
    expect(preview.output).toContain(
      'it is called "old" and will be renamed to "adopted"; it has 64 MiB and will grow to 96 MiB',
    );
    changesOf(await deployment.up(spec));
    expect((await deployment.state())["adopted"]?.outputs["uuid"]).toBe(uuid);
    expect(
      await shOk(host, "lvchange -ay theirs/adopted; head -c 4 /dev/theirs/adopted; lvchange -an theirs/adopted"),
    ).toBe("kept");
    expect(await shOk(host, "lvs --noheadings --units m -o lv_size,lv_autoactivation theirs/adopted")).toMatch(
      /96\.00m\s*$/,
    );
    expect(changesOf(await deployment.up())).toEqual({ same: 5 });
  });

  test.each([
    ["a thin pool", "", "theirs/pool", "pool"],
    ["a classic snapshot", "lvcreate -q -y -s -L 16M -n other theirs/data", "theirs/other", "snapshot"],
    [
      "a RAID volume",
      `vgextend -q -y theirs ${third}; lvcreate -q -y --type raid1 -m 1 -L 16M -n other theirs`,
      "theirs/other",
      "raid",
    ],
    [
      "a volume that is mounted",
      "lvcreate -q -y -L 64M -n other theirs; mkfs.ext4 -q /dev/theirs/other; mount /dev/theirs/other /mnt",
      "theirs/other",
      "in use",
    ],
  ])("%s is not adopted: at preview, and under the lock", async (_what, make, path, word) => {
    await shOk(host, `set -e; exec </dev/null; ${make || ":"}`);
    try {
      const uuid = (await shOk(host, `lvs --noheadings -o lv_uuid ${path}`)).trim();
      const tags = await shOk(host, "lvs --noheadings -o lv_full_name,lv_tags -a");
      const spec = { ...theirs(), volumes: { other: { volumeGroup: "theirs", size: "16MiB", adopt: uuid } } };
      expect(refusalOf(await deployment.preview(spec))).toContain(word);
      changesOf(await deployment.up(theirs()));
      const { resource } = await import("../../provider/index.js");
      const common = {
        host: (await deployment.state())["theirs"]?.inputs["host"],
        owner: "organization/e2e/x/volume/other",
      };
      const inputs = { ...common, volumeGroup: "theirs", name: "other", size: "16MiB", adopt: uuid };
      await expect(resource("volume").create(inputs)).rejects.toThrow(/no plain or thin volume|in use/);
      expect(await shOk(host, "lvs --noheadings -o lv_full_name,lv_tags -a")).toBe(tags);
    } finally {
      await shOk(
        host,
        `if mountpoint -q /mnt; then umount /mnt; fi
         if lvs theirs/other >/dev/null 2>&1; then lvremove -q -y theirs/other; fi
         if vgs --noheadings -o pv_name theirs | grep -q ${third}; then vgreduce -q theirs ${third}; pvremove -q ${third}; fi`,
      );
    }
  });

  test("a base snapshot of a backup that is adopted is no snapshot of ours any more", async () => {
    const id = "6f1f6c7e-8f4f-4c1b-9a51-0a5b8a5d7c11";
    await shOk(
      host,
      `lvcreate -q -s -n base theirs/app
       lvchange -q --addtag pulumi-lvm.backup-of=${id} --addtag pulumi-lvm.backup-target=t theirs/base`,
    );
    const uuid = (await shOk(host, "lvs --noheadings -o lv_uuid theirs/base")).trim();
    const spec = theirs();
    spec.volumes = { kept: { pool: "pool", size: "64MiB", adopt: uuid, deletionPolicy: "delete" } };
    changesOf(await deployment.up(spec));
    expect(await shOk(host, "lvs --noheadings -o lv_tags theirs/kept")).not.toMatch(/backup-of|backup-target/);
    await shOk(host, "systemctl start pulumi-lvm-reap.service; lvs theirs/kept");
  });

  test("a volume group that is exported is refused as an existing one", async () => {
    await shOk(host, `vgcreate -q -y leaving ${third}; vgexport -q leaving`);
    try {
      const spec = { ...theirs(), groups: { leaving: { host: "node", existing: true } }, pools: {} };
      expect(refusalOf(await deployment.preview(spec))).toContain('"leaving" on host "node" is exported');
    } finally {
      await shOk(host, `vgimport -q leaving; vgremove -q -y leaving; pvremove -q -y ${third}`);
    }
  });

  test.each([
    ["belongs to another machine by its system ID", `vgcreate -q -y --systemid elsewhere theirs2 ${third}`],
    [
      "is shared by machines that have a lock manager",
      // No lock manager runs here, so what it would have written is put there by hand.
      `vgcreate -q -y theirs2 ${third}; vgcfgbackup -q -f /root/theirs2 theirs2
       sed -i 's/^\\tmax_pv = .*/&\\n\\tlock_type = "dlm"\\n\\tlock_args = "1.0.0:lab"/' /root/theirs2
       vgcfgrestore -q -f /root/theirs2 theirs2; rm /root/theirs2; vgs --shared -o vg_shared --noheadings theirs2 | grep -q shared`,
    ],
  ])("a volume group that %s is refused as an existing one, and its disk for a new one", async (_what, make) => {
    await shOk(host, `${make}; udevadm settle`);
    const digest = await shOk(host, `head -c 2M ${third} | sha256sum`);
    try {
      const existing = { ...theirs(), groups: { theirs2: { host: "node", existing: true } }, pools: {} };
      expect(refusalOf(await deployment.preview(existing))).toMatch(
        /olume group "theirs2" on host "node"( is shared)?/,
      );
      const taken = { ...oneHost(host), groups: { fast: { host: "node", disks: [third] } }, pools: {} };
      expect(refusalOf(await deployment.up(taken))).toContain(third);
      expect(await shOk(host, `head -c 2M ${third} | sha256sum`)).toBe(digest);
    } finally {
      await shOk(host, `wipefs -q -a ${third}; udevadm settle`);
    }
  });

  test("an existing volume group whose disks are away stays in the state", async () => {
    await shOk(host, `vgcreate -q -y spare ${third}`);
    const spec = { ...theirs(), groups: { spare: { host: "node", existing: true } }, pools: {} };
    changesOf(await deployment.up(spec));
    // A filter hides the disk, as a cable that was pulled would.
    await shOk(host, `printf 'devices/global_filter=["r|${third}|"]\n' >>/etc/lvm/lvmlocal.conf`);
    try {
      expect(refusalOf(await deployment.refresh())).toContain('Cannot see volume group "spare"');
      expect(Object.keys(await deployment.state())).toContain("spare");
    } finally {
      await shOk(host, "sed -i '$ d' /etc/lvm/lvmlocal.conf");
    }
    changesOf(await deployment.destroy());
    await shOk(host, `vgremove -q -y spare; pvremove -q -y ${third}`);
  });

  test("what grew from freed space shows nothing of what was there", async () => {
    const spec = theirs();
    await shOk(
      host,
      "lvcreate -q -y -L 200M -n secret theirs; yes secret | dd of=/dev/theirs/secret bs=1M conv=fsync status=none || :; lvremove -q -y theirs/secret",
    );
    spec.volumes = { linear: { volumeGroup: "theirs", size: "64MiB", deletionPolicy: "delete" } };
    changesOf(await deployment.up(spec));
    spec.volumes = { linear: { volumeGroup: "theirs", size: "160MiB", deletionPolicy: "delete" } };
    changesOf(await deployment.up(spec));
    const { stdout } = await sh(
      host,
      "lvchange -ay theirs/linear; tr -d '\\000' </dev/theirs/linear | wc -c; lvchange -an theirs/linear",
    );
    expect(stdout.trim()).toBe("0");
  });
});
