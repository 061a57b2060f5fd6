import unittest

from lvm.thin_output import OddOutput, mapped_chunks_of, parse_delta, parse_dump
from tests.vectors import read_text

CHUNK = 64 << 10
RELEASES = ("0.9", "1.1")
# Of test/vectors/thin: the first volume maps 70 chunks, and the second 71.
DUMPED, COMPARED = 70, 71


def dump_of(release: str = "1.1") -> list[str]:
    return read_text(f"thin/{release}/dump.xml").splitlines()


def delta_of(release: str = "1.1") -> list[str]:
    return read_text(f"thin/{release}/delta.xml").splitlines()


class ThinOutput(unittest.TestCase):
    """test/vectors/thin has what two releases print of the same pool, which thin_restore made of pool.xml."""

    def test_a_dump_tells_the_ranges_and_the_single_blocks_that_are_mapped(self) -> None:
        expected = [(0, 64 * CHUNK), (100 * CHUNK, CHUNK), (200 * CHUNK, 5 * CHUNK)]
        for release in RELEASES:
            with self.subTest(release):
                found = parse_dump(dump_of(release), CHUNK, DUMPED)
                self.assertEqual(found.mapped, expected)
                self.assertEqual(found.changed, expected)

    def test_a_delta_tells_what_is_mapped_now_and_what_differs(self) -> None:
        for release in RELEASES:
            with self.subTest(release):
                found = parse_delta(delta_of(release), CHUNK, COMPARED, DUMPED)
                self.assertEqual(found.mapped, [(0, 32 * CHUNK), (32 * CHUNK, 32 * CHUNK), (200 * CHUNK, 5 * CHUNK), (300 * CHUNK, 2 * CHUNK)])
                self.assertEqual(found.changed, [(32 * CHUNK, 32 * CHUNK), (100 * CHUNK, CHUNK), (300 * CHUNK, 2 * CHUNK)])

    def test_what_was_discarded_counts_as_changed_and_not_as_mapped(self) -> None:
        head, diff, *_ = delta_of()
        found = parse_delta([head, diff, '    <left_only begin="7" length="2"/>', "  </diff>", "</superblock>"], CHUNK, 0, 2)
        self.assertEqual((found.mapped, found.changed), ([], [(7 * CHUNK, 2 * CHUNK)]))

    def test_a_volume_that_maps_nothing_has_nothing(self) -> None:
        head = dump_of()[0]
        device = '<device dev_id="1" mapped_blocks="0" transaction="0" creation_time="0" snap_time="0">'
        self.assertEqual(parse_dump([head, device, "</device>", "</superblock>"], CHUNK, 0).mapped, [])


class Doubt(unittest.TestCase):
    """A tool that ended well may have told less than there is: such a backup would verify, and be empty."""

    def refuse_dump(self, lines: list[str], mapped_chunks: int = DUMPED) -> None:
        with self.assertRaises(OddOutput):
            parse_dump(lines, CHUNK, mapped_chunks)

    def refuse_delta(self, lines: list[str], mapped_chunks: int = COMPARED, base_chunks: int | None = DUMPED) -> None:
        with self.assertRaises(OddOutput):
            parse_delta(lines, CHUNK, mapped_chunks, base_chunks)

    def test_output_that_ends_at_any_line_is_refused_also_when_nothing_came(self) -> None:
        for length in range(len(dump_of())):
            with self.subTest(length):
                self.refuse_dump(dump_of()[:length])
                self.refuse_delta(delta_of()[: min(length, len(delta_of()) - 1)])
        self.refuse_dump([], 0)
        self.refuse_delta([], 0)

    def test_a_line_that_is_lost_within_is_refused(self) -> None:
        for at in range(len(dump_of())):
            with self.subTest(at):
                self.refuse_dump([*dump_of()[:at], *dump_of()[at + 1 :]])

    def test_a_part_of_a_delta_that_is_lost_is_refused(self) -> None:
        for at, line in enumerate(delta_of()):
            with self.subTest(line):
                self.refuse_delta([*delta_of()[:at], *delta_of()[at + 1 :]])

    def test_what_was_mapped_then_and_is_not_now_is_missed_only_by_who_knows_how_much_that_was(self) -> None:
        lines = [line for line in delta_of() if "left_only" not in line]
        self.refuse_delta(lines)
        # Of a base that was noted before that was kept with it.
        self.assertEqual(len(parse_delta(lines, CHUNK, COMPARED, None).mapped), 4)

    def test_an_unknown_element_or_other_text_is_refused(self) -> None:
        for odd in ('<shared_mapping origin_begin="0" length="4"/>', "warning: metadata is odd", '<range_mapping origin_begin="0"'):
            with self.subTest(odd):
                self.refuse_dump([*dump_of()[:-2], odd, *dump_of()[-2:]])
                self.refuse_delta([*delta_of()[:-2], odd, *delta_of()[-2:]])

    def test_numbers_that_are_none_are_refused(self) -> None:
        self.refuse_dump([line.replace('length="64"', 'length="-64"') for line in dump_of()])

    def test_chunks_of_another_size_are_refused(self) -> None:
        self.refuse_dump([line.replace('data_block_size="128"', 'data_block_size="256"') for line in dump_of()])

    def test_another_count_than_the_kernels_is_refused(self) -> None:
        self.refuse_dump(dump_of(), DUMPED + 1)
        self.refuse_delta(delta_of(), COMPARED + 1)

    def test_the_kernels_count_is_in_sectors(self) -> None:
        self.assertEqual(mapped_chunks_of("0 2097152 thin 8960 26239\n", CHUNK), 70)
        self.assertEqual(mapped_chunks_of("0 2097152 thin 0 -\n", CHUNK), 0)
        for odd in ("", "0 2097152 thin Fail\n", "0 2097152 thin Error\n", "0 2097152 linear\n"):
            with self.subTest(odd), self.assertRaises(OddOutput):
                mapped_chunks_of(odd, CHUNK)
