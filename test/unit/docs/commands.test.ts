import { problemOfCall } from "../../support/cli-commands";
import { pages } from "./pages";

/** The calls of the command line in a text, in code spans and code blocks, as what stands after `npx pulumi-lvm`. */
function callsIn(text: string): string[] {
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, body = ""]) => body.split("\n"));
  const prose = text.replace(/^```.*?^```/gms, "");
  const spans = [...prose.matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span.replaceAll("\n", " "));
  return [...blocks, ...spans].flatMap((line) => {
    const [, call] = /^(?:npx )?pulumi-lvm +([^#|>]+)/.exec(line) ?? [];
    return call === undefined ? [] : [call.trim()];
  });
}

const calls = [...new Set(pages.flatMap(({ text }) => callsIn(text)))];

test("the pages name most commands", () => {
  expect(new Set(calls.map((call) => call.split(" ")[0])).size).toBeGreaterThan(12);
});

test.each(calls)("npx pulumi-lvm %s: the command, its arguments and its options exist", (call) => {
  expect(problemOfCall(call.split(/\s+/))).toBeUndefined();
});

test.each([
  ["bakups", "there is no command bakups"],
  ["verify data --never", "error: unknown option '--never'"],
  ["verify --json", "error: missing required argument 'volume'"],
  ["policy chek FILE", "error: unknown command 'chek'"],
])("npx pulumi-lvm %s is found to be wrong", (call, problem) => {
  expect(problemOfCall(call.split(" "))).toContain(problem);
});
