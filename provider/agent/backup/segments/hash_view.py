"""A tree for restic to restore into that keeps nothing but the hash of each segment."""

from segments.mounted_view import NO_DEVICE
from segments.parts import SegmentParts
from segments.segment import HashTable, segment_length
from segments.write_view import WriteView


class HashView(WriteView):
    """Hashes each segment when the last part of it has come, in whatever order restic writes them."""

    def __init__(self, size_bytes: int, table: HashTable) -> None:
        super().__init__(NO_DEVICE, size_bytes, table)
        self._parts = SegmentParts(size_bytes)

    def take(self, index: int, offset: int, data: bytes) -> None:
        digest = self._parts.add(index, offset, data)
        if digest is not None:
            self.table.put(index, digest)
            self.table.count(segment_length(index, self.size_bytes))
