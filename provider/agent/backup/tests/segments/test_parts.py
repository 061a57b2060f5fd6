import hashlib
import os
import unittest

from segments.parts import ZERO_BYTES, SegmentParts, nonzero_parts
from segments.segment import SEGMENT_BYTES

Z = ZERO_BYTES


class Zeros(unittest.TestCase):
    def test_zeros_are_left_out_chunk_by_chunk(self) -> None:
        data = bytes(Z) + b"\1" * Z + bytes(2 * Z) + b"\2" * 10
        self.assertEqual(list(nonzero_parts(0, data)), [(Z, b"\1" * Z), (4 * Z, b"\2" * 10)])

    def test_a_part_ends_where_a_chunk_of_the_device_ends(self) -> None:
        found = list(nonzero_parts(Z - 10, b"\1" * (Z + 20)))
        self.assertEqual([(start, len(part)) for start, part in found], [(Z - 10, 10), (Z, Z), (2 * Z, 10)])

    def test_what_is_left_out_are_zeros_alone(self) -> None:
        data = os.urandom(3 * Z) + bytes(Z) + os.urandom(100)
        device = bytearray(len(data))
        for start, part in nonzero_parts(0, data):
            device[start : start + len(part)] = part
        self.assertEqual(bytes(device), data)

    def test_nothing_is_written_of_nothing(self) -> None:
        self.assertEqual(list(nonzero_parts(7, b"")), [])


class Parts(unittest.TestCase):
    DATA = os.urandom(1 << 20) + bytes(1 << 20) + os.urandom(SEGMENT_BYTES - (2 << 20))
    DIGEST = hashlib.sha256(DATA).digest()

    def add_all(self, parts: SegmentParts, bounds: list[tuple[int, int]], index: int = 0) -> list[bytes | None]:
        return [parts.add(index, start, self.DATA[start:end]) for start, end in bounds]

    def test_the_hash_comes_with_the_last_part_in_whatever_order(self) -> None:
        a, b, c = (0, 1 << 20), (1 << 20, 2 << 20), (2 << 20, SEGMENT_BYTES)
        for order in ([a, b, c], [c, b, a], [b, c, a]):
            found = self.add_all(SegmentParts(SEGMENT_BYTES), order)
            self.assertEqual(found, [None, None, self.DIGEST])

    def test_a_part_that_comes_twice_counts_once(self) -> None:
        whole = [(0, 1 << 20), (0, 1 << 20), (1 << 20, SEGMENT_BYTES)]
        self.assertEqual(self.add_all(SegmentParts(SEGMENT_BYTES), whole), [None, None, self.DIGEST])

    def test_segments_do_not_mix(self) -> None:
        parts = SegmentParts(2 * SEGMENT_BYTES)
        self.add_all(parts, [(0, 1 << 20)], index=0)
        self.assertEqual(self.add_all(parts, [(0, 1 << 20), (1 << 20, SEGMENT_BYTES)], index=1), [None, self.DIGEST])

    def test_the_last_segment_may_be_short(self) -> None:
        self.assertEqual(SegmentParts(SEGMENT_BYTES + 4).add(1, 0, b"tail"), hashlib.sha256(b"tail").digest())

    def test_a_hole_is_no_whole_segment(self) -> None:
        parts = SegmentParts(SEGMENT_BYTES)
        self.assertIsNone(parts.add(0, 1, bytes(SEGMENT_BYTES)))
