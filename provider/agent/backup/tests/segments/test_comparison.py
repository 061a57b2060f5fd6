import unittest

from repository.manifest import Segment
from runtime.failure import Failure
from segments.comparison import compare_hashes
from tests.samples import manifest, recovery_point, sha

MANIFEST = manifest({0: Segment(1, sha("a")), 5: Segment(2, sha("b"))})
POINT = recovery_point("point-1")


class Comparison(unittest.TestCase):
    def refusal(self, read: dict[int, str]) -> Failure:
        with self.assertRaises(Failure) as caught:
            compare_hashes(POINT, MANIFEST, [0, 5], read.get)
        return caught.exception

    def test_equal_segments_pass_and_the_rest_is_not_asked_for(self) -> None:
        compare_hashes(POINT, MANIFEST, [5], {5: sha("b")}.get)

    def test_a_segment_that_differs_is_named_with_both_hashes(self) -> None:
        failure = self.refusal({0: sha("a"), 5: sha("x")})
        self.assertEqual(failure.code, "mismatch")
        for part in ("point-1", "segment 5", sha("x"), sha("b")):
            self.assertIn(part, str(failure))

    def test_a_segment_that_did_not_come_is_missing(self) -> None:
        self.assertIn("segment 0 (000000/00000000) is missing", str(self.refusal({5: sha("b")})))
