import unittest

from lvm.thin_output import parse_delta, parse_dump
from tests.vectors import read_text

CHUNK = 64 << 10
RELEASES = ("0.9", "1.1")


class ThinOutput(unittest.TestCase):
    """test/vectors/thin has what two releases print of the same pool, which thin_restore made of pool.xml."""

    def test_a_dump_tells_the_ranges_and_the_single_blocks_that_are_mapped(self) -> None:
        expected = [(0, 64 * CHUNK), (100 * CHUNK, CHUNK), (200 * CHUNK, 5 * CHUNK)]
        for release in RELEASES:
            with self.subTest(release):
                found = parse_dump(read_text(f"thin/{release}/dump.xml").splitlines(), CHUNK)
                self.assertEqual(found.mapped, expected)
                self.assertEqual(found.changed, expected)

    def test_a_delta_tells_what_is_mapped_now_and_what_differs(self) -> None:
        for release in RELEASES:
            with self.subTest(release):
                found = parse_delta(read_text(f"thin/{release}/delta.xml").splitlines(), CHUNK)
                self.assertEqual(found.mapped, [(0, 32 * CHUNK), (32 * CHUNK, 32 * CHUNK), (200 * CHUNK, 5 * CHUNK), (300 * CHUNK, 2 * CHUNK)])
                self.assertEqual(found.changed, [(32 * CHUNK, 32 * CHUNK), (100 * CHUNK, CHUNK), (300 * CHUNK, 2 * CHUNK)])

    def test_what_was_discarded_counts_as_changed_and_not_as_mapped(self) -> None:
        found = parse_delta(['    <left_only begin="7" length="2"/>'], CHUNK)
        self.assertEqual((found.mapped, found.changed), ([], [(7 * CHUNK, 2 * CHUNK)]))

    def test_a_volume_that_maps_nothing_has_nothing(self) -> None:
        self.assertEqual(parse_dump(['<device dev_id="1" mapped_blocks="0" transaction="0" creation_time="0" snap_time="0">'], CHUNK).mapped, [])
