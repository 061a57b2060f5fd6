import { HostChannel, type StepResult } from "../../provider/hosts/channel.js";
import type { Step } from "../../provider/hosts/script/script.js";
import { connection } from "../../provider/model/connection.js";
import { type LabHost, labHosts, resetHost, shOk } from "../lab/index.js";
import { connectionTo } from "../support/spec.js";

const [host] = labHosts() as [LabHost];

beforeAll(() => resetHost(host));

const step = (seconds: string, more: Partial<Step> = {}): Step => ({
  title: `wait for ${seconds} s`,
  script: "../test/host/testdata/wait",
  call: "wait_and_report",
  variables: { SECONDS_TO_WAIT: seconds },
  machineId: "",
  ...more,
});

test("work that takes long holds up nobody, outlives a step beside it that hangs, and waits for a lock without its time running out", async () => {
  const limits = { runTimeoutSeconds: 6 };
  const channel = new HostChannel("node", connection.parse({ ...connectionTo(host), ...limits }));
  const ended: string[] = [];
  const settled = async (name: string, result: Promise<StepResult>) => {
    const outcome = await result.then(
      ({ facts }) => facts.get("waited"),
      (error: Error) => error.message,
    );
    ended.push(name);
    return outcome;
  };
  try {
    const long = settled("long", channel.work(step("12", { seconds: 60, lock: "one" }), true));
    const short = settled("short", channel.work(step("0", { lock: "two" }), false));
    // By now the first one has the lock.
    const another = short.then(() => settled("another", channel.work(step("1", { lock: "one" }), true)));
    const hung = settled("hung", channel.change(step("14")));
    expect(await Promise.all([long, another, short, hung])).toEqual([
      "12",
      "1",
      "0",
      expect.stringContaining("it did not end within 6 s, and may still be running there"),
    ]);
    expect(ended).toEqual(["short", "hung", "long", "another"]);
  } finally {
    await channel.close();
  }
  // The one that hung still has the lock of the host.
  await shOk(host, "flock /run/pulumi-lvm/lock true");
});
