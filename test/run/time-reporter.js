const { writeFileSync } = require("node:fs");
const { knownSeconds, KNOWN_SECONDS_FILE, suiteName } = require("./suite-seconds.js");

const SLOWEST = 10;

/**
 * A jest reporter that says where the time of a run went: the seconds of each suite and the ten slowest tests. With
 * SUITE_SECONDS=write it also keeps the seconds of the suites for the next runs to be ordered by.
 */
module.exports = class TimeReporter {
  onRunComplete(_contexts, { testResults }) {
    const suites = testResults
      .filter(({ skipped }) => !skipped)
      .map(({ testFilePath, perfStats }) => ({ name: suiteName(testFilePath), ms: perfStats.end - perfStats.start }));
    const tests = testResults.flatMap((suite) =>
      suite.testResults.map(({ fullName, duration }) => ({
        name: `${suiteName(suite.testFilePath)}: ${fullName}`,
        ms: duration ?? 0,
      })),
    );
    const lines = ["Seconds of each suite:", ...slowest(suites), `The ${SLOWEST} slowest tests, in seconds:`];
    process.stderr.write(`\n${[...lines, ...slowest(tests).slice(0, SLOWEST)].join("\n")}\n`);
    if (process.env.SUITE_SECONDS === "write") keep(suites);
  }
};

const slowest = (timed) =>
  timed.toSorted((a, b) => b.ms - a.ms).map(({ name, ms }) => `${seconds(ms).toString().padStart(6)}  ${name}`);

const seconds = (ms) => Math.round(ms / 1000);

/** Suites that did not run keep theirs. */
function keep(suites) {
  const all = { ...knownSeconds(), ...Object.fromEntries(suites.map(({ name, ms }) => [name, seconds(ms)])) };
  const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(KNOWN_SECONDS_FILE, `${JSON.stringify(sorted, undefined, 2)}\n`);
}
