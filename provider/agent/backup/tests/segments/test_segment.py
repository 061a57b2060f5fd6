import hashlib
import os
import tempfile
import unittest

from segments.segment import (
    SEGMENT_BYTES,
    HashTable,
    hash_of_zeros,
    read_segment,
    segment_count,
    segment_length,
    segment_path,
    segments_of,
)

SIZE = 3 * SEGMENT_BYTES + 1000


class Segments(unittest.TestCase):
    def test_a_device_ends_with_a_short_segment(self) -> None:
        self.assertEqual([segment_count(size) for size in (0, 1, SEGMENT_BYTES, SEGMENT_BYTES + 1, SIZE)], [0, 1, 1, 2, 4])
        self.assertEqual([segment_length(index, SIZE) for index in range(4)], [SEGMENT_BYTES] * 3 + [1000])

    def test_beyond_the_end_of_a_device_a_segment_has_no_length(self) -> None:
        self.assertLessEqual(segment_length(4, SIZE), 0)

    def test_paths_sort_as_numbers_do(self) -> None:
        numbers = [0, 1, 15, 16, 255, 256, 257, 65535, 65536, 2**24]
        paths = [segment_path(each) for each in numbers]
        self.assertEqual(paths, sorted(paths))
        self.assertEqual(segment_path(0x100), "000001/00000100")

    def test_a_range_touches_every_segment_that_it_has_a_byte_in(self) -> None:
        s = SEGMENT_BYTES
        table = [
            ("one byte", [(0, 1)], {0}),
            ("the last byte of a segment", [(s - 1, 1)], {0}),
            ("two bytes across an end", [(s - 1, 2)], {0, 1}),
            ("a chunk larger than a segment", [(s // 2, 2 * s)], {0, 1, 2}),
            ("two ranges in one segment", [(0, 10), (20, 10)], {0}),
            ("what reaches beyond the device", [(3 * s, s)], {3}),
            ("what lies beyond the device", [(4 * s, s)], set[int]()),
            ("nothing", [(s, 0)], set[int]()),
        ]
        for name, ranges, expected in table:
            with self.subTest(name):
                self.assertEqual(segments_of(ranges, SIZE), expected)

    def test_zeros_have_the_hash_of_as_many_zeros(self) -> None:
        for length in (1, 1000, SEGMENT_BYTES):
            self.assertEqual(hash_of_zeros(length), hashlib.sha256(bytes(length)).hexdigest())

    def test_a_segment_is_read_whole_and_the_short_one_too(self) -> None:
        with tempfile.TemporaryFile() as file:
            file.write(os.urandom(SEGMENT_BYTES))
            file.write(b"tail")
            file.flush()
            size = SEGMENT_BYTES + 4
            self.assertEqual(len(read_segment(file.fileno(), 0, size)), SEGMENT_BYTES)
            self.assertEqual(read_segment(file.fileno(), 1, size), b"tail")

    def test_a_device_that_ends_early_is_an_error(self) -> None:
        with tempfile.TemporaryFile() as file:
            file.write(b"short")
            file.flush()
            with self.assertRaisesRegex(OSError, "ends at byte 5"):
                read_segment(file.fileno(), 0, 10)


class Table(unittest.TestCase):
    def test_a_hash_that_was_never_put_is_none(self) -> None:
        table = HashTable(3)
        digest = hashlib.sha256(b"1").digest()
        table.put(1, digest)
        self.assertEqual([table.get(each) for each in range(3)], [None, digest.hex(), None])

    def test_bytes_are_summed(self) -> None:
        table = HashTable(0)
        table.count(2**40)
        table.count(1)
        self.assertEqual(table.counted, 2**40 + 1)

    def test_a_forked_process_shares_it(self) -> None:
        table = HashTable(1)
        child = os.fork()
        if child == 0:
            table.put(0, b"\x01" * 32)
            table.count(7)
            os._exit(0)
        os.waitpid(child, 0)
        self.assertEqual((table.get(0), table.counted), ("01" * 32, 7))
