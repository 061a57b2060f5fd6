import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from repository import known_points
from repository.recovery_point import read_contents
from runtime import state_files
from runtime import status
from runtime.failure import Failure

VOLUME = "11111111-2222-4333-8444-555555555555"
URL = "s3:https://store/bucket/volumes/v"
BARE = [{"id": f"{kind}1", "tags": [f"kind={kind}", "point=one", f"volume={VOLUME}", "target=s3", "number=1"]} for kind in ("data", "manifest")]
ONE = replace(read_contents(BARE).points[0], time="2026-01-01T00:00:00Z")
TWO = replace(ONE, id="two", time="2026-01-02T00:00:00Z", verified="2026-01-02T01:00:00Z")


class KnownPoints(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        root = Path(folder.name)
        for module, name, where in ((state_files, "STATE", "state"), (status, "METRICS", "metrics/of"), (state_files, "RUN", "run")):
            patcher = patch.object(module, name, root / where)
            patcher.start()
            self.addCleanup(patcher.stop)
        lock = patch("runtime.lease.RUN", root / "run")
        lock.start()
        self.addCleanup(lock.stop)
        self.folder = state_files.state_folder(VOLUME, "s3")
        self.folder.mkdir(parents=True)

    def refused(self, points: list[known_points.RecoveryPoint] | None) -> str:
        try:
            known_points.refuse_lost(self.folder, VOLUME, URL, points)
        except Failure as failure:
            self.assertEqual(failure.code, "lost")
            return failure.detail
        return ""

    def test_what_was_seen_and_is_not_there_is_lost(self) -> None:
        self.assertEqual(self.refused(None), "")
        known_points.note_points(VOLUME, "s3", URL, [ONE, TWO])
        self.assertEqual(self.refused([ONE, TWO]), "")
        self.assertIn("two of 2026-01-02T00:00:00Z", self.refused([ONE]))
        self.assertIn("the repository is gone", self.refused(None))

    def test_another_address_has_lost_nothing(self) -> None:
        known_points.note_points(VOLUME, "s3", "s3:https://store/old/volumes/v", [ONE])
        self.assertEqual(self.refused(None), "")

    def test_what_was_let_go_is_not_lost_and_vouches_for_nothing(self) -> None:
        known_points.note_points(VOLUME, "s3", URL, [ONE, TWO])
        status.record(VOLUME, "s3", {"lastVerified": {"time": TWO.verified, "recoveryPoint": "two", "pointTime": TWO.time}})
        known_points.let_go(VOLUME, "s3", URL, [TWO], [ONE])
        self.assertEqual(self.refused([ONE]), "")
        found = status.read(VOLUME, "s3") or {}
        self.assertIsNone(found["lastVerified"])
        self.assertEqual(found["repository"]["points"], 1)

    def test_a_loss_leaves_the_knowledge_of_it(self) -> None:
        known_points.note_points(VOLUME, "s3", URL, [ONE, TWO])
        known_points.note_loss(VOLUME, "s3", [])
        self.assertIn("2 recovery points", self.refused([]))
        self.assertEqual((status.read(VOLUME, "s3") or {})["repository"]["points"], 0)


if __name__ == "__main__":
    unittest.main()
