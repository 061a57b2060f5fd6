"""A tree for restic to restore into that keeps nothing but the hash of each segment."""

import hashlib

from segments.mounted_view import NO_DEVICE
from segments.segment import HashTable, segment_length
from segments.write_view import WriteView


class HashView(WriteView):
    """Hashes each segment when the last part of it has come, in whatever order restic writes them."""

    def __init__(self, size_bytes: int, table: HashTable) -> None:
        super().__init__(NO_DEVICE, size_bytes, table)
        self._parts: dict[int, dict[int, bytes]] = {}
        # A part of zeros is the same object each time: free room often is a blob that many segments share, and so comes for all of them at once.
        self._zeros: dict[int, bytes] = {}

    def take(self, index: int, offset: int, data: bytes) -> None:
        parts = self._parts.setdefault(index, {})
        parts[offset] = self._zeros.setdefault(len(data), bytes(len(data))) if data.count(0) == len(data) else bytes(data)
        length = segment_length(index, self.size_bytes)
        if sum(len(part) for part in parts.values()) < length:
            return
        digest = hashlib.sha256()
        at = 0
        for start, part in sorted(parts.items()):
            if start != at:
                return
            digest.update(part)
            at += len(part)
        del self._parts[index]
        self.table.put(index, digest.digest())
        self.table.count(length)
