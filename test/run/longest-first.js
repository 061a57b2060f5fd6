const { default: Sequencer } = require("@jest/test-sequencer");
const { knownSeconds, suiteName } = require("./suite-seconds.js");

/**
 * Orders the suites of the lab for jest: the longest first, so that no worker is left with one when the others are done. Jest's own
 * order goes by its cache, which a machine of CI does not have. A suite that was never measured counts as long.
 */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const known = knownSeconds();
    const seconds = ({ path }) => known[suiteName(path)] ?? Number.POSITIVE_INFINITY;
    return tests.toSorted((a, b) => seconds(b) - seconds(a) || (a.path < b.path ? -1 : 1));
  }
};
