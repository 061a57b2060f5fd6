import { callHosts } from "../../../../cli/stack/call-hosts.js";
import { HostError } from "../../../../provider/hosts/errors.js";
import { hostRef } from "../../../support/samples.js";

const hosts = ["a", "b", "c"].map((name) => ({ ...hostRef, name, anchors: [] }));

describe("callHosts", () => {
  test("gives the answers in the order of the hosts, and the failure of one beside them", async () => {
    const { answers, failures } = await callHosts(hosts, async ({ name }) => {
      if (name === "b")
        throw new HostError("b", { summary: "Cannot connect", detail: "it is off", next: "Switch it on" });
      return name;
    });
    expect(answers).toEqual(["a", "c"]);
    expect(failures).toEqual([
      { host: "b", problem: { summary: 'Cannot connect on host "b"', detail: "it is off", next: "Switch it on" } },
    ]);
  });

  test("asks all hosts at once", async () => {
    let asked = 0;
    await callHosts(hosts, async () => {
      asked += 1;
      while (asked < hosts.length) await new Promise((resolve) => setTimeout(resolve, 1));
    });
    expect(asked).toBe(3);
  });

  test("does not take a bug for a failure of a host", async () => {
    await expect(callHosts(hosts, () => Promise.reject(new TypeError("x is undefined")))).rejects.toThrow(TypeError);
  });
});
