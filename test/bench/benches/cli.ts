import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { programRequest } from "../../../provider/hosts/backups/backup-request.js";
import { pulumiLvm } from "../../e2e/harness/cli.js";
import { changesOf, Deployment } from "../../e2e/harness/deployment.js";
import { existingTarget } from "../../e2e/stacks/existing-target.js";
import { type LabHost, resetHost, shOk } from "../../lab/index.js";
import type { Spec } from "../../support/spec.js";
import type { Stage } from "../bench.js";
import { type Contender, HOUR_MS } from "../compare.js";
import { forget, manyVolumes } from "../many-volumes.js";
import { BENCH_FOLDER } from "../meter.js";
import { ENVIRONMENT, Store } from "../store.js";

/** Commands of pulumi-lvm that read of backups, against the engine's export of the stack, which each of them needs. */
export async function cli({ host, volumes = [10], compare }: Stage): Promise<string[]> {
  for (const count of volumes) {
    await resetHost(host);
    const store = await Store.open(host);
    const masterKey = randomBytes(32).toString("base64");
    const deployment = await Deployment.open("bench-cli", { secrets: { s3: store.server.secretAccessKey, masterKey } });
    try {
      changesOf(await deployment.up(withBackups(host, store, count)));
      const snapshots = await resticSnapshots(host, store, masterKey, await volumeIds(deployment, count));
      const pulumiExport = { name: "pulumi stack export", run: () => deployment.exported() };
      const file = join(deployment.directory, "report.html");
      for (const [args, others] of [
        [["status"], []],
        [["backups"], [snapshots]],
        [["report", "--html", file], []],
      ] satisfies [string[], Contender[]][])
        await compare({
          title: `${args[0]}, ${count} volumes with a backup`,
          contenders: [
            { name: `pulumi-lvm ${args[0]}`, run: () => mustSucceed(deployment, args) },
            ...others,
            pulumiExport,
          ],
        });
    } finally {
      await forget(host, [deployment]);
      await store.close();
    }
  }
  return [];
}

/** Volumes under a policy, with a recovery point each. */
function withBackups(host: LabHost, store: Store, count: number): Spec {
  const base = manyVolumes(host, count);
  const names = Object.keys(base.volumes);
  return {
    ...base,
    existingTargets: { offsite: { ...existingTarget(store.server, store.bucket), masterKey: { secret: "masterKey" } } },
    backups: Object.fromEntries(names.map((volume) => [`backup-${volume}`, { volume, target: "offsite" }])),
    policies: { seldom: { target: "offsite", volumes: names, schedule: "yearly" } },
  };
}

async function volumeIds(deployment: Deployment, count: number): Promise<string[]> {
  const state = await deployment.state();
  return Array.from({ length: count }, (_, index) => state[`v${index}`]?.id ?? "");
}

/** restic's own list of each repository, one after the other in one SSH session. */
async function resticSnapshots(
  host: LabHost,
  store: Store,
  masterKey: string,
  ids: readonly string[],
): Promise<Contender> {
  const { endpoint, region, accessKeyId, secretAccessKey } = store.server;
  const target = {
    name: "offsite",
    endpoint,
    region,
    bucket: store.bucket,
    prefix: "",
    accessKeyId,
    secretAccessKey,
    masterKey,
  };
  const lines = ids.map((id) => {
    const { repository } = JSON.parse(programRequest(target, id, {})) as {
      repository: { url: string; password: string };
    };
    return `RESTIC_PASSWORD=${repository.password} restic --cacert ${BENCH_FOLDER}/ca.pem -r ${repository.url} snapshots --json >/dev/null\n`;
  });
  const file = `${BENCH_FOLDER}/snapshots.sh`;
  await shOk(host, `umask 077; cat >${file}`, { input: `set -e\n${ENVIRONMENT}\n${lines.join("")}` });
  return { name: "restic snapshots, one by one", run: () => shOk(host, `/bin/sh ${file}`, { timeoutMs: HOUR_MS }) };
}

async function mustSucceed(deployment: Deployment, args: readonly string[]): Promise<void> {
  const { stdout, stderr, code } = await pulumiLvm(deployment, args);
  if (code !== 0) throw new Error(`pulumi-lvm ${args[0]} ended with ${code}:\n${stdout}${stderr}`);
}
