"""The parts in which restic writes a segment, in whatever order."""

import hashlib
from collections.abc import Iterator

from segments.segment import segment_length

# What a write is divided into to find zeros: the smallest chunk of a thin pool (lvmthin(7)).
ZERO_BYTES = 64 << 10


def nonzero_parts(start: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    """What of data, which begins at byte `start` of a device, is not all zeros, each part with where it begins.

    Divided where the device's chunks are: a part across two of them would map both.
    """
    at = 0
    while at < len(data):
        part = data[at : at + ZERO_BYTES - (start + at) % ZERO_BYTES]
        if part.count(0) != len(part):
            yield start + at, part
        at += len(part)


class SegmentParts:
    """Keeps the parts of each segment until it is whole."""

    def __init__(self, size_bytes: int) -> None:
        """size_bytes: of the device."""
        self._size_bytes = size_bytes
        self._parts: dict[int, dict[int, bytes]] = {}
        # A part of zeros is the same object each time: free room often is a blob that many segments share, and so comes for all of them at once.
        self._zeros: dict[int, bytes] = {}

    def add(self, index: int, offset: int, data: bytes) -> bytes | None:
        """The SHA-256 of the segment once its last part has come, and None before."""
        parts = self._parts.setdefault(index, {})
        parts[offset] = self._zeros.setdefault(len(data), bytes(len(data))) if data.count(0) == len(data) else bytes(data)
        if sum(len(part) for part in parts.values()) < segment_length(index, self._size_bytes):
            return None
        digest = hashlib.sha256()
        at = 0
        for start, part in sorted(parts.items()):
            if start != at:
                return None
            digest.update(part)
            at += len(part)
        del self._parts[index]
        return digest.digest()
