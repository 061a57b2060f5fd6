import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NAMES } from "../../bench/options.js";
import { keepOutcome, newestOutcomes, withOutcomes } from "../../bench/publish.js";
import { excerpt, page } from "../../bench/table.js";
import { outcome } from "./sample-outcome.js";

const older = { ...outcome, date: "2026-09-30" };
const other = { ...outcome, name: "no-change", date: "2026-10-01" };
const README = "# A\n\n<!-- bench -->\n\nold\n\n<!-- /bench -->\n\n## B\n";

describe("outcomes that are kept", () => {
  const folder = join(mkdtempSync(join(tmpdir(), "bench-")), "results");
  afterAll(() => rmSync(join(folder, ".."), { recursive: true }));

  test("are JSON and Markdown, and the newest of each name is found", () => {
    for (const each of [outcome, older, other]) {
      const [json = "", markdown = ""] = keepOutcome(folder, each);
      expect([json, markdown]).toEqual([".json", ".md"].map((end) => join(folder, `${each.date}-${each.name}${end}`)));
      expect(JSON.parse(readFileSync(json, "utf8"))).toEqual(each);
      expect(readFileSync(markdown, "utf8")).toBe(page(each));
    }
    expect(newestOutcomes(folder, NAMES)).toEqual([outcome, other]);
  });
});

test("the README shows them between its markers, and again after another run", () => {
  const once = withOutcomes(README, [outcome, other]);
  expect(once).toBe(`# A\n\n<!-- bench -->\n\n${excerpt(outcome)}\n\n${excerpt(other)}\n\n<!-- /bench -->\n\n## B\n`);
  expect(withOutcomes(once, [other])).toBe(`# A\n\n<!-- bench -->\n\n${excerpt(other)}\n\n<!-- /bench -->\n\n## B\n`);
});

test.each(["", "<!-- bench -->", "<!-- /bench --> <!-- bench -->"])("a README with %j is refused", (text) => {
  expect(() => withOutcomes(text, [outcome])).toThrow("it needs a line");
});

test("the project's README has the markers", () => {
  const readme = readFileSync(join(__dirname, "../../../README.md"), "utf8");
  expect(withOutcomes(readme, [outcome])).toContain(excerpt(outcome));
});
