"""Segments: a device is divided into pieces of a fixed size, which are hashed, sent and compared one by one."""

import fcntl
import hashlib
import mmap
import os
import struct
import threading
from collections.abc import Iterable, Iterator

SEGMENT_BYTES = 4 << 20
# Segments in a folder of the view, so that no folder grows large.
FOLDER_SEGMENTS = 256
# Flushes and drops what the kernel caches of a block device (linux/fs.h).
BLKFLSBUF = 0x1261
HASH_BYTES = 32


def segment_count(size_bytes: int) -> int:
    return -(-size_bytes // SEGMENT_BYTES)


def segment_length(index: int, size_bytes: int) -> int:
    """Bytes of a segment: the last one of a device may be shorter."""
    return min(SEGMENT_BYTES, size_bytes - index * SEGMENT_BYTES)


def segment_path(index: int) -> str:
    """Where the view shows a segment, such as 000001/00000100: numbers in hex, so that names sort as numbers do."""
    return f"{index // FOLDER_SEGMENTS:06x}/{index:08x}"


def segments_of(ranges: Iterable[tuple[int, int]], size_bytes: int) -> set[int]:
    """The segments that byte ranges (start, length) touch. A chunk of the pool may be larger than a segment, and cross its end."""
    found: set[int] = set()
    for start, length in ranges:
        end = min(start + length, size_bytes)
        if end > start:
            found.update(range(start // SEGMENT_BYTES, (end - 1) // SEGMENT_BYTES + 1))
    return found


def hash_of_zeros(length: int) -> str:
    known = _ZERO_HASHES.get(length)
    if known is None:
        known = _ZERO_HASHES[length] = hashlib.sha256(bytes(length)).hexdigest()
    return known


_ZERO_HASHES: dict[int, str] = {}


def read_segment(descriptor: int, index: int, size_bytes: int) -> bytes:
    """One whole segment of an open device. What the kernel cached for it is dropped: nobody reads it twice."""
    start, length = index * SEGMENT_BYTES, segment_length(index, size_bytes)
    parts: list[bytes] = []
    done = 0
    while done < length:
        part = os.pread(descriptor, length - done, start + done)
        if not part:
            raise OSError(f"the device ends at byte {start + done}, and {size_bytes} were expected")
        parts.append(part)
        done += len(part)
    os.posix_fadvise(descriptor, start, length, os.POSIX_FADV_DONTNEED)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def hash_segments(device: str, indexes: Iterable[int], size_bytes: int) -> Iterator[tuple[int, str]]:
    """The SHA-256 of segments, read from the device itself and not from the kernel's cache."""
    descriptor = os.open(device, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.ioctl(descriptor, BLKFLSBUF, 0)
        for index in indexes:
            yield index, hashlib.sha256(read_segment(descriptor, index, size_bytes)).hexdigest()
    finally:
        os.close(descriptor)


class HashTable:
    """Hashes of segments in memory that a forked process shares with its parent, and a count of bytes."""

    def __init__(self, count: int) -> None:
        self._map = mmap.mmap(-1, max(1, 8 + count * HASH_BYTES))
        self._lock = threading.Lock()

    def put(self, index: int, digest: bytes) -> None:
        at = 8 + index * HASH_BYTES
        self._map[at : at + HASH_BYTES] = digest

    def get(self, index: int) -> str | None:
        at = 8 + index * HASH_BYTES
        found = self._map[at : at + HASH_BYTES]
        return None if found == bytes(HASH_BYTES) else found.hex()

    def count(self, more_bytes: int) -> None:
        with self._lock:
            struct.pack_into("<Q", self._map, 0, self.counted + more_bytes)

    @property
    def counted(self) -> int:
        (found,) = struct.unpack_from("<Q", self._map, 0)
        return int(found)
