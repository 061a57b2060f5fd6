import { describeFindings } from "../../../../../provider/hosts/events/describe-findings.js";
import { verifyLog } from "../../../../../provider/hosts/events/verify-log.js";
import { append, chain, fileOf } from "./chain.js";

const log = chain("create", "attach", "detach");
const findings = (lines: readonly string[], anchors: Parameters<typeof verifyLog>[1] = []) =>
  describeFindings({ host: "db1", ...verifyLog(fileOf(lines), anchors) });

describe("describeFindings", () => {
  test("says nothing of a good log, nor of one with a torn line", () => {
    expect(findings(log)).toEqual([]);
    expect(findings([...log, "{"])).toEqual([]);
  });

  test("names the first broken entry by line, time, action and volume", () => {
    expect(findings(log.toSpliced(1, 1))).toEqual([
      "line 2 (2026-11-23T08:55:49Z detach done fast/data) breaks the chain: it does not name line 1 as the entry before it: line 1 was changed, or entries between the two were removed",
    ]);
  });

  test("names a line that cannot be read by its number alone", () => {
    expect(findings(append(log, { hello: "world" }))).toEqual([
      "line 4 breaks the chain: it is not an event that this release knows",
    ]);
  });

  test("names each missing entry with the resource that it stands for", () => {
    const hash = "f".repeat(64);
    expect(findings(log, [{ hash, resource: 'Volume "data"' }])).toEqual([
      `the entry ${hash} is missing, which made or last changed Volume "data" according to the state`,
    ]);
  });
});
