import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { closeConnections, type LabHost, shOk } from "../lab/index.js";
import type { Sample } from "./sample.js";

/** Where the benches keep what they need on a host; gone with its next boot. */
export const BENCH_FOLDER = "/run/lab-bench";

const program = readFileSync(join(__dirname, "meter.py"), "utf8");
const OUTCOME = `${BENCH_FOLDER}/measured.json`;
const UNIT = "lab-bench-meter";
const MIB = 2 ** 20;

/** What meter.py writes. */
const measured = z.strictObject({
  cpuSeconds: z.number(),
  processes: z.number(),
  readBytes: z.number(),
  sentBytes: z.number(),
  memoryBytes: z.number(),
});

/** Does something and measures it. The host's caches are empty when it begins, and the first script connects anew. */
export async function measure(host: LabHost, act: () => Promise<unknown>): Promise<Sample> {
  const begin = `set -e
mkdir -p -m 0700 ${BENCH_FOLDER}
cat >${BENCH_FOLDER}/meter.py
systemctl stop ${UNIT} 2>/dev/null || :
rm -f ${OUTCOME}
sync
echo 3 >/proc/sys/vm/drop_caches
systemd-run --quiet --collect --unit=${UNIT} python3 -B ${BENCH_FOLDER}/meter.py ${OUTCOME} ${host.disks.join(" ")}
until [ -e ${OUTCOME} ]; do sleep 0.1; done`;
  await shOk(host, begin, { input: program });
  await closeConnections(host);
  const start = performance.now();
  await act();
  const seconds = (performance.now() - start) / 1000;
  const found = await shOk(host, `systemctl stop ${UNIT} && cat ${OUTCOME}`);
  const { readBytes, sentBytes, memoryBytes, ...counts } = measured.parse(JSON.parse(found));
  return { seconds, ...counts, readMiB: readBytes / MIB, sentMiB: sentBytes / MIB, memoryMiB: memoryBytes / MIB };
}
