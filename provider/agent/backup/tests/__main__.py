"""Runs all tests, or those of the modules that are named. Fails when one was skipped or there was none.

TEST_COUNTS_FILE: gets the line "passed failed start end", as test/run/count-reporter.js writes it for jest; times in ms since 1970.
"""

import os
import sys
import time
import unittest
from pathlib import Path

FOLDER = Path(__file__).parent


def main(names: list[str]) -> int:
    loader = unittest.defaultTestLoader
    start = time.time()
    suite = loader.loadTestsFromNames(names) if names else loader.discover(str(FOLDER), top_level_dir=str(FOLDER.parent))
    result = unittest.TextTestRunner(stream=sys.stderr, verbosity=1).run(suite)
    # A test with several failing subtests is told once for each of them.
    failed = len({getattr(test, "test_case", test).id() for test, _ in [*result.failures, *result.errors]})
    passed = result.testsRun - failed - len(result.skipped)
    print(f"Python: {passed} passed, {failed} failed")
    counts = os.environ.get("TEST_COUNTS_FILE")
    if counts:
        with open(counts, "a", encoding="utf-8") as file:
            file.write(f"{passed} {failed} {round(start * 1000)} {round(time.time() * 1000)}\n")
    if result.skipped:
        print(f"{len(result.skipped)} tests were skipped: remove them or mend them", file=sys.stderr)
    return 0 if result.wasSuccessful() and passed > 0 and not result.skipped else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
