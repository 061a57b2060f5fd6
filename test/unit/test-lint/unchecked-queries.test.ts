import { uncheckedQueries } from "../../lint/unchecked-queries.js";

const linted = (text: string, library = ""): string[] => {
  const lib = { path: "lib.sh", text: library };
  return uncheckedQueries([{ path: "script.sh", text }, lib], [lib]);
};
const removing = (...lines: string[]): string => ["remove() {", ...lines, '  run lvremove -q "$1"', "}", ""].join("\n");

test.each([
  ["a test of a query's output", '  if [ -z "$(lvs fast)" ]; then return 0; fi'],
  ["a failure that is swallowed", "  found=$(lvs fast) || :"],
  ["a failure that becomes an empty answer", "  found=$(lvs fast) || found="],
  ["a pipe, whose exit code is that of its end", "  found=$(lvs fast | tr -d ' ') || return 0"],
  ["a loop over an answer", "  for each in $(vgs); do echo $each; done"],
  ["a loop behind a pipe", "  lvs fast | while read -r each; do echo $each; done"],
  ["set -e alone, which does not hold in a condition", "  found=$(lvs fast)"],
  ["a query over two lines", "  found=$(lvs \\\n    fast)"],
])("%s is found", (_what, line) => {
  expect(linted(removing(line))).toEqual([
    expect.stringMatching(/^script\.sh:2: nobody looks at the exit code of \w+, and remove\(\) has to do with/),
  ]);
});

test.each([
  ["a failure that ends the step", '  found=$(lvs -S "a=\\"$1\\" || b" fast) || fail unseen "it is \'lvs\'" "mend"'],
  ["a failure that ends it in the next line", "  found=$(lvs fast) ||\n    return 0"],
  ["a condition on the failure", '  if ! found=$(lvs fast); then fail unseen "lvs" "mend"; fi'],
  ["a query whose output nobody reads", "  lvs fast >/dev/null 2>&1 || exit 0"],
  ["one with a reason", "  # Unchecked: because\n  found=$(lvs fast) || :"],
  ["words that are only said", '  echo "run lvs there"'],
  ["the text of a here-document", "  while read -r each; do echo; done <<'END'\nlvs lvm2\nEND"],
])("%s is fine", (_what, line) => {
  expect(linted(removing(line))).toEqual([]);
});

test("also in a function that it calls, or that calls it, or in the library", () => {
  const look = "look() {\n  rows=$(lvs)\n}\n";
  expect(linted(`${look}${removing("  look")}`)).toHaveLength(1);
  expect(linted(removing("  look"), look)).toEqual([expect.stringMatching(/^lib\.sh:2:/)]);
  expect(linted(`main() {\n  for each in $(vgs); do remove $each; done\n}\n${removing()}`)).toHaveLength(1);
  expect(linted("tidy() {\n  rm -rf x\n}\nmain() {\n  lvs | while read -r each; do tidy; done\n}\n")).toHaveLength(1);
});

test("what destroys nothing may ask as it likes", () => {
  expect(linted("look() {\n  lvs | sort\n}\n")).toEqual([]);
});
