/** Says how each test ended when it ends: a suite on real hosts takes minutes, and jest itself prints when a file is done. */
module.exports = class ProgressReporter {
  onTestCaseResult(_test, { status, fullName, duration }) {
    const mark = status === "passed" ? "✓" : status === "failed" ? "✕" : "?";
    process.stderr.write(`${mark} ${fullName} (${((duration ?? 0) / 1000).toFixed(1)} s)\n`);
  }
};
