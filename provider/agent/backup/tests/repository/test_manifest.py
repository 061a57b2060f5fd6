import hashlib
import json
import unittest
from dataclasses import replace

from repository.manifest import Segment, different_segments, digest_of, read_manifest
from segments.segment import SEGMENT_BYTES, hash_of_zeros
from tests.samples import manifest, sha

MANIFEST = manifest({256: Segment(3, sha("b")), 0: Segment(1, sha("a"))}, number=3, size_bytes=2 << 30, is_quiesced=True, name='a "quoted"\nname')


class Text(unittest.TestCase):
    def test_it_comes_back_as_it_was(self) -> None:
        self.assertEqual(read_manifest(json.loads(MANIFEST.as_text())), MANIFEST)
        nothing = manifest({})
        self.assertEqual(read_manifest(json.loads(nothing.as_text())), nothing)

    def test_each_segment_has_a_line_so_that_what_did_not_change_is_stored_once(self) -> None:
        after = replace(MANIFEST, segments={**MANIFEST.segments, 300: Segment(4, sha("c"))})
        before = set(MANIFEST.as_text().splitlines())
        self.assertEqual(len(set(after.as_text().splitlines()) - before), 3)  # the head, the line that is not the last any more, the new one

    def test_one_that_does_not_fit_is_refused(self) -> None:
        document = json.loads(MANIFEST.as_text())
        table = {
            "another format": {"format": "pulumi-lvm-manifest/2"},
            "another size of segments": {"segmentBytes": 1 << 20},
            "a changed hash": {"segments": [[0, 1, sha("x")], [256, 3, sha("b")]]},
            "a segment less": {"segments": [[0, 1, sha("a")]]},
            "a row that is none": {"segments": [[0, 1]]},
            "a number that is none": {"number": "three"},
        }
        for name, changes in table.items():
            with self.subTest(name), self.assertRaises(ValueError):
                read_manifest({**document, **changes})
        del document["host"]
        with self.assertRaisesRegex(ValueError, "lacks a member: 'host'"):
            read_manifest(document)


class Digest(unittest.TestCase):
    def test_it_is_that_of_the_text_in_the_documentation(self) -> None:
        text = f"size 9000000 segment {SEGMENT_BYTES}\n{sha('a')}  00000000\n{sha('b')}  00000002\n"
        self.assertEqual(digest_of(9000000, [(2, sha("b")), (0, sha("a"))]), hashlib.sha256(text.encode()).hexdigest())

    def test_segments_of_zeros_do_not_count_so_that_equal_volumes_have_equal_digests(self) -> None:
        size = SEGMENT_BYTES + 100
        zeros = [(0, hash_of_zeros(SEGMENT_BYTES)), (1, hash_of_zeros(100))]
        self.assertEqual(digest_of(size, zeros), digest_of(size, []))
        self.assertNotEqual(digest_of(size, []), digest_of(size + 1, []))


class Difference(unittest.TestCase):
    def test_what_another_manifest_has_as_it_is_is_left_out(self) -> None:
        verified = manifest({0: Segment(1, sha("a")), 1: Segment(1, sha("b")), 2: Segment(1, sha("c"))})
        now = manifest({3: Segment(2, sha("d")), 1: Segment(2, sha("b2")), 0: Segment(1, sha("a"))})
        self.assertEqual(different_segments(now, verified), [1, 3])

    def test_without_another_one_it_is_all(self) -> None:
        self.assertEqual(different_segments(manifest({1: Segment(1, sha("b")), 0: Segment(1, sha("a"))}), None), [0, 1])
