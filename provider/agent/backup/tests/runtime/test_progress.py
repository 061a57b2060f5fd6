import io
import json
import unittest
from contextlib import redirect_stdout

from runtime.progress import Progress


class Lines(unittest.TestCase):
    def test_a_new_phase_is_told_at_once_and_the_same_one_at_most_once_a_second(self) -> None:
        out = io.StringIO()
        with redirect_stdout(out):
            progress = Progress()
            for done in range(100):
                progress.report("send", done, 100)
            progress.report("manifest")
        lines = [json.loads(line) for line in out.getvalue().splitlines()]
        self.assertEqual(lines[0], {"progress": {"phase": "send", "bytesDone": 0, "bytesTotal": 100}})
        self.assertEqual(lines[-1], {"progress": {"phase": "manifest", "bytesDone": 0, "bytesTotal": 0}})
        self.assertLess(len(lines), 10)
