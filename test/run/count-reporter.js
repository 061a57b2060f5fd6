const { appendFileSync } = require("node:fs");

/**
 * A jest reporter that fails a run in which nothing was tested, or in which a test was left out, and that hands the numbers on to
 * `npm test`: one line `passed failed start end` for each run, the times in ms since 1970, in the file that TEST_COUNTS_FILE names.
 */
module.exports = class CountReporter {
  #isFiltered;
  #error;

  constructor(config) {
    // With -t a developer leaves out tests on purpose.
    this.#isFiltered = Boolean(config.testNamePattern);
  }

  onRunComplete(_contexts, results) {
    const passed = results.numPassedTests;
    // A file that cannot be loaded has no tests that could fail.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const leftOut = results.numPendingTests + results.numTodoTests;
    if (passed + failed === 0) this.#error = new Error("No test was run");
    else if (leftOut > 0 && !this.#isFiltered)
      this.#error = new Error(`${leftOut} tests were skipped: remove them or mend them`);
    const file = process.env.TEST_COUNTS_FILE;
    if (file) appendFileSync(file, `${passed} ${failed} ${results.startTime} ${Date.now()}\n`);
  }

  getLastError() {
    return this.#error;
  }
};
