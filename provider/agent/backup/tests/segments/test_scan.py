import unittest

from lvm.thin_output import Mapping
from repository.manifest import Segment
from runtime.failure import Failure
from segments.scan import Scan, choose_samples, hashed_segments, scan_contents, scan_delta, scan_mapped
from segments.segment import SEGMENT_BYTES, hash_of_zeros
from tests.samples import manifest, sha

S = SEGMENT_BYTES
SIZE = 4 * S
BASE = manifest({0: Segment(1, sha("a")), 1: Segment(2, sha("b")), 3: Segment(1, sha("d"))}, size_bytes=SIZE, number=2)


class ScanOfThinVolumes(unittest.TestCase):
    def test_without_a_base_all_that_is_mapped_is_new(self) -> None:
        found = scan_mapped(Mapping([(0, 1), (2 * S, S)], []), SIZE, 7)
        self.assertEqual(found, Scan({0: 7, 2: 7}, {}, 0, S + 1))

    def test_what_did_not_change_keeps_the_number_of_the_backup_that_saw_it_change(self) -> None:
        found = scan_delta(BASE, Mapping([(0, 2 * S), (3 * S, S)], [(S, 1)]), SIZE, 3)
        self.assertEqual(found.numbers, {0: 1, 1: 3, 3: 1})

    def test_what_was_discarded_is_left_out(self) -> None:
        found = scan_delta(BASE, Mapping([(0, S)], [(S, S), (3 * S, S)]), SIZE, 3)
        self.assertEqual(found.numbers, {0: 1})

    def test_what_the_base_lacked_is_new_though_the_delta_calls_it_the_same(self) -> None:
        # Mapped chunks of zeros are the same on both sides, and in no manifest that was made by reading all.
        self.assertEqual(scan_delta(BASE, Mapping([(2 * S, S)], []), SIZE, 3).numbers, {2: 3})

    def test_when_the_volume_grew_the_segment_that_was_the_last_is_sent_again(self) -> None:
        base = manifest({0: Segment(1, sha("a")), 1: Segment(1, sha("b"))}, size_bytes=S + 100)
        self.assertEqual(scan_delta(base, Mapping([(0, 2 * S)], []), SIZE, 2).numbers, {0: 1, 1: 2})


class ScanOfContents(unittest.TestCase):
    def test_zeros_are_left_out_and_what_has_the_same_hash_is_as_old_as_it_was(self) -> None:
        hashes = [(0, sha("a")), (1, sha("new")), (2, hash_of_zeros(S)), (3, sha("d"))]
        found = scan_contents(BASE, hashes, SIZE, 3)
        self.assertEqual(found.numbers, {0: 1, 1: 3, 3: 1})
        self.assertEqual(found.hashes, {0: sha("a"), 1: sha("new"), 3: sha("d")})
        self.assertEqual(found.bytes_read, SIZE)

    def test_without_a_base_all_is_new(self) -> None:
        self.assertEqual(scan_contents(None, [(0, sha("a"))], S, 1).numbers, {0: 1})

    def test_a_segment_of_another_length_is_new_whatever_its_hash(self) -> None:
        base = manifest({0: Segment(1, sha("a"))}, size_bytes=100)
        self.assertEqual(scan_contents(base, [(0, sha("a"))], 200, 2).numbers, {0: 2})


class Samples(unittest.TestCase):
    ZEROS = hash_of_zeros(S)

    def test_they_are_of_what_did_not_change_and_of_what_is_absent(self) -> None:
        scan = Scan({0: 1, 1: 3, 3: 1}, {}, 0)
        now = manifest({0: Segment(1, sha("a")), 1: Segment(3, sha("new")), 3: Segment(1, sha("d"))}, size_bytes=SIZE, number=3)
        self.assertEqual(choose_samples(scan, now, 9), {0: sha("a"), 2: self.ZEROS, 3: sha("d")})

    def test_a_mapping_without_anything_is_looked_into(self) -> None:
        # What an empty output of thin_dump would be.
        found = choose_samples(Scan({}, {}, 0), manifest({}, size_bytes=SIZE), 4)
        self.assertEqual(found, dict.fromkeys(range(4), self.ZEROS))

    def test_the_last_one_is_as_short_as_it_is(self) -> None:
        self.assertEqual(choose_samples(Scan({}, {}, 0), manifest({}, size_bytes=100), 4), {0: hash_of_zeros(100)})

    def test_there_are_so_many_of_each_kind_at_most(self) -> None:
        scan = Scan({index: 1 for index in range(50)}, {}, 0)
        now = manifest({index: Segment(1, sha("a")) for index in range(50)}, size_bytes=100 * S, number=2)
        found = choose_samples(scan, now, 3)
        self.assertEqual((len(found), sum(1 for index in found if index < 50)), (6, 3))
        self.assertEqual(list(found), sorted(found))

    def test_what_was_read_is_not_read_again(self) -> None:
        now = manifest({0: Segment(1, sha("a"))}, size_bytes=SIZE, number=2)
        self.assertEqual(choose_samples(Scan({0: 1}, {0: sha("a")}, SIZE), now, 4), {})


class HashesOfAManifest(unittest.TestCase):
    def test_what_restic_read_counts_for_what_is_new_and_the_base_for_the_rest(self) -> None:
        found = hashed_segments(Scan({0: 1, 1: 3}, {}, 0), BASE, 3, {1: sha("new")}.get)
        self.assertEqual(found, {0: Segment(1, sha("a")), 1: Segment(3, sha("new"))})

    def test_a_new_segment_that_restic_did_not_read_fails_the_backup(self) -> None:
        with self.assertRaises(Failure) as caught:
            hashed_segments(Scan({1: 3}, {}, 0), BASE, 3, dict[int, str]().get)
        self.assertEqual(caught.exception.code, "restic")

    def test_an_unchanged_segment_that_is_not_what_the_base_has_fails_the_backup(self) -> None:
        for name, scan, read in (
            ("as restic read it", Scan({0: 1}, {}, 0), {0: sha("x")}),
            ("as the scan read it", Scan({0: 1}, {0: sha("x")}, 0), dict[int, str]()),
        ):
            with self.subTest(name), self.assertRaises(Failure) as caught:
                hashed_segments(scan, BASE, 3, read.get)
            self.assertEqual(caught.exception.code, "delta")
