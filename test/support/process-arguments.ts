import { type LabHost, sh, shOk } from "../lab/index.js";

/** The argument lists of all processes of a host, taken down over and over while something runs. */
export async function hostArgumentsDuring(host: LabHost, run: () => Promise<unknown>): Promise<string> {
  await shOk(
    host,
    `touch /run/lab-watch
setsid sh -c 'while [ -e /run/lab-watch ]; do cat /proc/[0-9]*/cmdline | tr "\\0" " "; sleep 0.05; done' \
  >/run/lab-seen 2>/dev/null </dev/null &`,
  );
  try {
    await run();
  } finally {
    await sh(host, "rm -f /run/lab-watch");
  }
  return shOk(host, "cat /run/lab-seen; rm -f /run/lab-seen");
}
