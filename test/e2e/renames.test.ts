import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostFingerprint, type LabHost, labHosts, resetHost, shOk } from "../lab/index.js";
import { connectionTo, type Spec } from "../support/spec.js";
import { changesOf, Deployment, refusalOf } from "./harness/deployment.js";
import { fingerprint, lvmState, NOTED, namesNoted, renamedStack } from "./stacks/renamed-stack.js";

const [host] = labHosts() as [LabHost];

const tagsOf = (lv: string): Promise<string> => shOk(host, `lvs --noheadings -o lv_tags fast/${lv}`);
const uuidOf = async (lv: string): Promise<string> =>
  (await shOk(host, `lvs --noheadings -o lv_uuid fast/${lv}`)).trim();

const spec = renamedStack(host);

describe("renamed", () => {
  let deployment: Deployment;
  let before: string;
  let data: string;

  beforeAll(async () => {
    await resetHost(host);
    before = await hostFingerprint(host);
    deployment = await Deployment.open("renames");
    changesOf(await deployment.up(spec));
    // In use since it was made: nothing takes it for what a create left that was cut.
    spec.volumes["raw"] = { ...spec.volumes["raw"], labels: { tier: "gold" } };
    changesOf(await deployment.up(spec));
    await shOk(
      host,
      `echo precious | dd of=/dev/fast/data bs=1M seek=40 conv=fsync,notrunc status=none
       lvchange -q -ay fast/raw; yes precious | dd of=/dev/fast/raw bs=1M count=16 iflag=fullblock conv=fsync status=none; lvchange -q -an fast/raw`,
    );
    data = await fingerprint(host);
    expect(data.trim().split("\n")).toHaveLength(2);
  });
  afterAll(async () => {
    await deployment.close();
    for (const path of backends) rmSync(path, { recursive: true, force: true });
  });

  const backends: string[] = [];
  const urnOf = async (name: string): Promise<string> =>
    ((await deployment.state())[name] as unknown as { urn: string } | undefined)?.urn ?? "";

  /** An up writes the new names in place of the old ones, and does nothing else. */
  async function updatesInPlace(was: string, is: string): Promise<void> {
    const ids = async () =>
      Object.fromEntries(
        Object.entries(await deployment.state()).flatMap(([name, { id }]) => (id ? [[name, id]] : [])),
      );
    const [known, names] = [await ids(), await namesNoted(host)];
    expect(names).toContain(was);
    const { same: _unchanged, ...done } = changesOf(await deployment.up());
    expect(done).toEqual({ update: NOTED });
    expect(await namesNoted(host)).toBe(names.replaceAll(was, is));
    expect(await ids()).toMatchObject(known);
  }

  describe("with all data and the attachment untouched", () => {
    afterEach(async () => {
      expect(await fingerprint(host)).toBe(data);
      expect(await shOk(host, "cat /var/lib/pulumi-lvm/attachments/db.json")).toContain("/dev/fast/data");
    });

    describe("by stack rename", () => {
      let old: string;
      let rival: Deployment;

      beforeAll(async () => {
        old = deployment.stackName.split("/").at(-1) ?? "";
        await deployment.rename(`${old}-renamed`);
      });
      afterAll(() => rival.close());

      test("a new stack of the old name gets nothing of it, and takes nothing away", async () => {
        rival = await Deployment.open("rival", { stackName: old });
        const was = await lvmState(host);
        expect(refusalOf(await rival.preview(spec))).toContain(
          'Volume group "fast" exists on host "node" and is not this one',
        );
        expect(refusalOf(await rival.up(spec))).toContain('olume group "fast" exists');
        expect(await lvmState(host)).toBe(was);
        // Also when nothing is seen at preview: the host decides, under its lock.
        await shOk(
          host,
          "vgchange -q --deltag $(vgs --noheadings -o vg_tags fast | tr -d ' ' | tr , '\\n' | grep made-by) fast",
        );
        const withoutMark = await lvmState(host);
        expect(refusalOf(await rival.up(spec))).toContain('volume group "fast" exists and is not this one');
        changesOf(await rival.destroy());
        expect(await lvmState(host)).toBe(withoutMark);
        await shOk(
          host,
          "test -x /usr/local/lib/pulumi-lvm/current/reap; systemctl is-active --quiet pulumi-lvm-reap.timer",
        );
      });

      test("a smaller size is still seen at preview", async () => {
        const data = { ...spec.volumes["data"], size: "48MiB" };
        const output = refusalOf(await deployment.preview({ ...spec, volumes: { ...spec.volumes, data } }));
        expect(output).toContain('Cannot shrink volume "fast/data"');
      });

      test("all is updated in place, as the preview says, and nothing but the names changes", async () => {
        const { same: _same, ...shown } = changesOf(await deployment.preview());
        expect(shown).toEqual({ update: NOTED });
        await updatesInPlace(`/${old}`, `/${old}-renamed`);
        expect(Object.keys(changesOf(await deployment.preview()))).toEqual(["same"]);
        expect(Object.keys(changesOf(await deployment.refresh()))).toEqual(["same"]);
      });
    });

    test("by project rename: all is updated in place", async () => {
      const [, , stack = ""] = deployment.stackName.split("/");
      await deployment.rename(stack, "e2e-renamed");
      await updatesInPlace("organization/e2e/", "organization/e2e-renamed/");
    });

    test("by a move to another backend with another organization: all is updated in place", async () => {
      const backend = mkdtempSync(join(tmpdir(), "pulumi-lvm-backend-"));
      backends.push(backend);
      const state = JSON.parse(await deployment.exported());
      const [, , stackName = ""] = deployment.stackName.split("/");
      const moved = await Deployment.open("moved", {
        stackName,
        env: { PULUMI_BACKEND_URL: `file://${backend}` },
        project: "e2e-renamed",
      });
      await moved.import(state);
      await deployment.close();
      deployment = moved;
      spec.organization = "acme";
      deployment.declare(spec);
      await updatesInPlace("organization/e2e-renamed/", "acme/e2e-renamed/");
    });

    test("by an alias, and then a new Volume has the old name: each has its own", async () => {
      const { data, raw } = spec.volumes as Record<"data" | "raw", Record<string, unknown>>;
      const aliases = { metal: "node", quick: "fast", thin: "pool", records: "data", kept: "raw", hold: "lease" };
      const renamed = {
        ...spec,
        hosts: { metal: spec.hosts["node"] as Spec["hosts"][string] },
        groups: { quick: { ...spec.groups?.["fast"], host: "metal", name: "fast" } },
        pools: { thin: { ...spec.pools?.["pool"], volumeGroup: "quick", name: "pool" } },
        volumes: {
          records: { ...data, pool: "thin", name: "data" },
          kept: { ...raw, volumeGroup: "quick", name: "raw" },
        },
        attachments: { hold: { volume: "records", microVm: "db", driveId: "data" } },
        policies: { yearly: { target: "offsite", volumes: ["records"], schedule: "yearly" } },
      } satisfies Spec;
      const uuids = await Promise.all(["data", "raw"].map(uuidOf));
      const { same: _same, ...done } = changesOf(await deployment.up({ ...renamed, aliases }));
      // A schedule is called after the volume's resource, and there is no alias of it.
      expect(done).toEqual({ update: NOTED - 1, create: 1, delete: 1 });
      const fresh = { pool: "thin", size: "16MiB", name: "fresh", deletionPolicy: "delete" };
      const { same: _old, ...made } = changesOf(
        await deployment.up({ ...renamed, volumes: { ...renamed.volumes, data: fresh } }),
      );
      expect(made).toEqual({ create: 1 });
      expect(await Promise.all(["data", "raw"].map(uuidOf))).toEqual(uuids);
      const { same: _others, ...removed } = changesOf(await deployment.up(renamed));
      expect(removed).toEqual({ delete: 1 });
      expect(await shOk(host, "lvs --noheadings -o lv_name fast")).not.toContain("fresh");
      // And back.
      const back = Object.fromEntries(Object.entries(aliases).map(([is, was]) => [was, is]));
      changesOf(await deployment.up({ ...spec, aliases: back }));
      deployment.declare(spec);
    });

    test("by state rename, the program not: the volume is nobody's new one, and nobody's to delete", async () => {
      const urn = await urnOf("raw");
      await deployment.changeState("state", "rename", urn, "other", "--yes");
      const was = await lvmState(host);
      const output = refusalOf(await deployment.up());
      expect(output).toMatch(/logical volume "fast\/raw" exists and is not this volume's/);
      expect(await lvmState(host)).toBe(was);
      await deployment.changeState("state", "rename", urn.replace(/raw$/, "other"), "raw", "--yes");
      expect(Object.keys(changesOf(await deployment.up()))).toEqual(["same"]);
    });

    test("by state rename before anybody used it: the new resource has it, and the old one finds it gone", async () => {
      const fresh = { pool: "pool", size: "16MiB", deletionPolicy: "delete" };
      changesOf(await deployment.up({ ...spec, volumes: { ...spec.volumes, fresh } }));
      const urn = await urnOf("fresh");
      const { id } = (await deployment.state())["fresh"] as { id: string };
      await deployment.changeState("state", "rename", urn, "stale", "--yes");
      const { same: _same, ...done } = changesOf(await deployment.up());
      expect(done).toEqual({ create: 1, delete: 1 });
      expect((await deployment.state())["fresh"]?.id).not.toBe(id);
      expect(await tagsOf("fresh")).toContain(`pulumi-lvm.id=${(await deployment.state())["fresh"]?.id}`);
      expect(Object.keys(changesOf(await deployment.refresh()))).toEqual(["same"]);
      changesOf(await deployment.up(spec));
    });

    test("lost by state delete: it is refused with the way out, and comes back by adopt", async () => {
      const uuid = await uuidOf("raw");
      const { id } = (await deployment.state())["raw"] as { id: string };
      await deployment.changeState("state", "delete", await urnOf("raw"), "--yes");
      expect(refusalOf(await deployment.up())).toContain(`adopt: "${uuid}"`);
      const adopted = { ...spec, volumes: { ...spec.volumes, raw: { ...spec.volumes["raw"], adopt: uuid } } };
      changesOf(await deployment.preview(adopted));
      changesOf(await deployment.up(adopted));
      // Its backups go by its id.
      expect((await deployment.state())["raw"]?.outputs).toMatchObject({ volumeId: id, uuid });
      expect(Object.keys(changesOf(await deployment.up(spec)))).toEqual(["same"]);
    });

    test("lost by state delete while it is attached: nothing is changed", async () => {
      const state = JSON.parse(await deployment.exported());
      await deployment.changeState("state", "delete", await urnOf("data"), "--target-dependents", "--yes");
      const was = await lvmState(host);
      expect(refusalOf(await deployment.up())).toMatch(/logical volume "fast\/data" exists and is not this volume's/);
      const uuid = await uuidOf("data");
      const adopted = { ...spec, volumes: { ...spec.volumes, data: { ...spec.volumes["data"], adopt: uuid } } };
      expect(refusalOf(await deployment.up(adopted))).toContain("Remove that Attachment first");
      expect(await lvmState(host)).toBe(was);
      await deployment.import(state);
      expect(Object.keys(changesOf(await deployment.up(spec)))).toEqual(["same"]);
    });

    test("one machine as two Hosts at different addresses is refused at preview", async () => {
      const twin = {
        connection: { ...connectionTo(host), address: `::ffff:${host.address}` } as Record<string, unknown>,
      };
      const output = refusalOf(await deployment.preview({ ...spec, hosts: { ...spec.hosts, twin } }));
      expect(output).toMatch(/Host "(twin|node)" is the same machine as Host "(twin|node)"/);
    });
  });

  test("and destroyed, it leaves nothing behind", async () => {
    changesOf(await deployment.destroy());
    expect(await hostFingerprint(host)).toBe(before);
  });
});
