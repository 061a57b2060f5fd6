"""The tree of a device for restic to restore into."""

import errno
import os

from pyfuse3 import EntryAttributes, FileInfo, FUSEError, RequestContext, SetattrFields

from segments.inode import DESCRIPTION_INODE, parent_of, segment_index
from segments.parts import nonzero_parts
from segments.segment import SEGMENT_BYTES, HashTable, segment_length
from segments.segment_tree import SegmentTree, named


class WriteView(SegmentTree):
    """The device must read as zeros: zeros are not written, so that a thin volume stays thin.

    One request at a time: writing blocks the loop. What restic sets of modes, owners and times is not kept.
    """

    def __init__(self, descriptor: int, size_bytes: int, table: HashTable) -> None:
        super().__init__(keep_seconds=0)
        self._descriptor = descriptor
        self.size_bytes = size_bytes
        self.table = table
        self._made: set[int] = set()

    def has(self, inode: int) -> bool:
        return inode in self._made

    def children(self, folder: int) -> list[int]:
        return sorted(inode for inode in self._made if parent_of(inode) == folder)

    def size_and_mtime(self, inode: int) -> tuple[int, int]:
        index = segment_index(inode)
        return 0 if index is None else segment_length(index, self.size_bytes), 0

    async def mkdir(self, parent_inode: int, name: bytes, mode: int, ctx: RequestContext) -> EntryAttributes:
        inode = named(parent_inode, name)
        self._made.add(inode)
        return self.attributes(inode)

    async def create(self, parent_inode: int, name: bytes, mode: int, flags: int, ctx: RequestContext) -> tuple[FileInfo, EntryAttributes]:
        inode = named(parent_inode, name)
        index = segment_index(inode)
        if index is not None and segment_length(index, self.size_bytes) <= 0:
            raise FUSEError(errno.ENOSPC)
        self._made.add(inode)
        return await self.open(inode, flags, ctx), self.attributes(inode)

    async def open(self, inode: int, flags: int, ctx: RequestContext) -> FileInfo:
        # Not by way of the kernel's cache: requests are as large as restic's own writes.
        return FileInfo(fh=inode, direct_io=True)

    async def read(self, fh: int, off: int, size: int) -> bytes:
        return b""

    async def write(self, fh: int, off: int, buf: bytes) -> int:
        if fh == DESCRIPTION_INODE:
            return len(buf)
        index = segment_index(fh)
        if index is None or off + len(buf) > segment_length(index, self.size_bytes):
            raise FUSEError(errno.ENOSPC)
        try:
            self.take(index, off, buf)
        except OSError as error:
            raise FUSEError(error.errno or errno.EIO) from error
        return len(buf)

    def take(self, index: int, offset: int, data: bytes) -> None:
        """A part of a segment has come."""
        for start, part in nonzero_parts(index * SEGMENT_BYTES + offset, data):
            self._write(part, start)

    def _write(self, part: bytes, start: int) -> None:
        done = 0
        while done < len(part):
            done += os.pwrite(self._descriptor, part[done:], start + done)
        self.table.count(len(part))

    async def setattr(self, inode: int, attr: EntryAttributes, fields: SetattrFields, fh: int | None, ctx: RequestContext) -> EntryAttributes:
        return self.attributes(inode)

    async def release(self, fh: int) -> None:
        pass
