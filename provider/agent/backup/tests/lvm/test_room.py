import unittest

from lvm.backup_snapshot import find_room
from lvm.pool_samples import used_bytes
from lvm.scratch_volume import MAPPING_BYTES, refuse_no_room
from repository.manifest import Segment
from runtime.failure import Failure
from segments.segment import SEGMENT_BYTES
from tests.samples import GIB, logical_volume, manifest, sha, thin_pool

LINEAR = logical_volume(pool="", pool_uuid="")


class RoomForASnapshot(unittest.TestCase):
    def test_a_thin_one_takes_no_extents(self) -> None:
        self.assertIsNone(find_room(logical_volume(), thin_pool(), 20, 95))

    def test_a_full_pool_is_refused(self) -> None:
        with self.assertRaises(Failure) as caught:
            find_room(logical_volume(), thin_pool(data_percent=96), 20, 95)
        self.assertEqual((caught.exception.code, caught.exception.summary), ("full", 'Cannot take a snapshot of "fast/data"'))

    def test_a_classic_one_takes_its_share_of_the_volume_rounded_up(self) -> None:
        self.assertEqual(find_room(LINEAR, None, 20, 95), 52)
        self.assertEqual(find_room(logical_volume(pool="", size_bytes=4 << 20), None, 1, 95), 1)

    def test_a_group_without_that_much_is_refused_with_both_numbers(self) -> None:
        with self.assertRaises(Failure) as caught:
            find_room(logical_volume(pool="", group_free_bytes=100 << 20), None, 20, 95)
        self.assertEqual(caught.exception.code, "full")
        self.assertIn(f"{100 << 20} bytes free, and the snapshot takes {52 * (4 << 20)}", caught.exception.detail)


class RoomForADrill(unittest.TestCase):
    def refuse(self, segments: int, **pool: object) -> None:
        refuse_no_room(thin_pool(**pool), manifest({each: Segment(1, sha("")) for each in range(segments)}), 95, "Cannot try it")

    def test_what_fits_below_the_limit_passes(self) -> None:
        self.refuse(0, data_percent=94.9)
        self.refuse(256)

    def test_data_that_does_not_fit_is_refused_before_anything_is_made(self) -> None:
        with self.assertRaisesRegex(Failure, "bytes of data free below its limit of 95 %"):
            self.refuse(256, data_percent=94.0)

    def test_metadata_counts_too(self) -> None:
        chunks = 256 * SEGMENT_BYTES // (64 << 10)
        with self.assertRaisesRegex(Failure, f"of metadata free .* takes {chunks * MAPPING_BYTES}"):
            self.refuse(256, metadata_bytes=1 << 20, metadata_percent=90.0)

    def test_a_segment_takes_whole_chunks(self) -> None:
        # Chunks of 3 MiB: the segment at 4 MiB touches the second and the third.
        pool = thin_pool(chunk_bytes=3 << 20, size_bytes=100 << 20, data_percent=0.0)
        with self.assertRaises(Failure) as caught:
            refuse_no_room(pool, manifest({1: Segment(1, sha(""))}), 5, "Cannot try it")
        self.assertTrue(caught.exception.detail.endswith(f"takes {6 << 20}"), caught.exception.detail)


class UsedRoom(unittest.TestCase):
    def test_it_is_the_share_of_the_size_in_bytes(self) -> None:
        self.assertEqual(used_bytes(thin_pool(size_bytes=8 * GIB, data_percent=12.5)), GIB)
