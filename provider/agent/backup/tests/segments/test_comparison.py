import io
import tarfile
import unittest

from repository.manifest import Segment
from runtime.failure import Failure
from segments.comparison import compare_archive, compare_hashes, refuse_missing
from segments.inode import DESCRIPTION
from segments.segment import segment_path
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


class Archive(unittest.TestCase):
    def archive(self, files: dict[str, str]) -> bytes:
        """As restic dumps a tree: with its folders, and the description beside the segments."""
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w") as archive:
            folder = tarfile.TarInfo("/000000/")
            folder.type = tarfile.DIRTYPE
            archive.addfile(folder)
            for name, text in {DESCRIPTION: "{}", **files}.items():
                member = tarfile.TarInfo(f"/{name}")
                member.size = len(text)
                archive.addfile(member, io.BytesIO(text.encode()))
        return file.getvalue()

    def compare(self, data: bytes) -> tuple[list[int], list[int]]:
        """The missing segments, and what was told of the progress."""
        told: list[int] = []
        return compare_archive(io.BytesIO(data), POINT, MANIFEST, told.append), told

    def test_an_equal_tree_passes_and_its_bytes_are_counted(self) -> None:
        self.assertEqual(self.compare(self.archive({segment_path(0): "a", segment_path(5): "b"})), ([], [1, 2]))

    def test_a_segment_that_differs_is_a_mismatch(self) -> None:
        with self.assertRaisesRegex(Failure, "segment 5 has SHA-256"):
            self.compare(self.archive({segment_path(0): "a", segment_path(5): "x"}))

    def test_a_file_that_the_manifest_does_not_know_is_a_mismatch(self) -> None:
        with self.assertRaisesRegex(Failure, "00000001"):
            self.compare(self.archive({segment_path(0): "a", segment_path(1): "c", segment_path(5): "b"}))

    def test_what_did_not_come_is_missing(self) -> None:
        missing, _ = self.compare(self.archive({segment_path(5): "b"}))
        self.assertEqual(missing, [0])
        with self.assertRaisesRegex(Failure, r"1 segments are missing, the first is segment 0 \(000000/00000000\)"):
            refuse_missing(POINT, missing)
        refuse_missing(POINT, [])

    def test_an_archive_that_was_cut_is_one_with_less_in_it(self) -> None:
        whole = self.archive({segment_path(0): "a", segment_path(5): "b"})
        for length in (0, 100, 512 * 3):
            self.assertEqual(self.compare(whole[:length])[0], [0, 5])
