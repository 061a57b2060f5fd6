"""The tree of a device for restic to back up."""

import errno
import hashlib
import json
from collections.abc import Callable, Mapping

import trio
from pyfuse3 import FileInfo, FUSEError, RequestContext

from segments.inode import DESCRIPTION_INODE, ROOT, parent_of, segment_index, segment_inode
from segments.segment import SEGMENT_BYTES, HashTable, read_segment, segment_length
from segments.segment_tree import SegmentTree

# Nothing changes the tree behind the kernel's back.
KEEP_SECONDS = 3600


class _OpenFile:
    """Read from the device once and whole, so that what is hashed is what restic gets."""

    def __init__(self, load: Callable[[], bytes]) -> None:
        self._load = load
        self._lock = trio.Lock()
        self._data: memoryview | None = None

    async def read(self, offset: int, size: int) -> memoryview:
        async with self._lock:
            if self._data is None:
                # In a thread: restic reads several files at once.
                self._data = memoryview(await trio.to_thread.run_sync(self._load))
        return self._data[offset : offset + size]


class ReadView(SegmentTree):
    """segments: index to the number of the backup that last saw it change, which is the file's modification time: restic finds by it what
    changed, without any clock."""

    def __init__(self, descriptor: int, size_bytes: int, segments: Mapping[int, int], number: int, table: HashTable) -> None:
        super().__init__(KEEP_SECONDS)
        self._descriptor = descriptor
        self._size = size_bytes
        self._segments = segments
        self._number = number
        self._table = table
        self._text = json.dumps({"sizeBytes": size_bytes, "segmentBytes": SEGMENT_BYTES, "number": number}).encode() + b"\n"
        self._folders: dict[int, list[int]] = {ROOT: [DESCRIPTION_INODE]}
        for index in sorted(segments):
            inode = segment_inode(index)
            folder = parent_of(inode)
            if folder not in self._folders:
                self._folders[ROOT].append(folder)
                self._folders[folder] = []
            self._folders[folder].append(inode)
        self._open: dict[int, _OpenFile] = {}
        self._handles = iter(range(1, 2**62))

    def has(self, inode: int) -> bool:
        return inode == DESCRIPTION_INODE or inode in self._folders or segment_index(inode) in self._segments

    def children(self, folder: int) -> list[int]:
        return self._folders[folder]

    def size_and_mtime(self, inode: int) -> tuple[int, int]:
        index = segment_index(inode)
        if index is None:
            return len(self._text), self._number
        return segment_length(index, self._size), self._segments[index]

    async def open(self, inode: int, flags: int, ctx: RequestContext) -> FileInfo:
        handle = next(self._handles)
        self._open[handle] = _OpenFile(lambda: self._load(segment_index(inode)))
        # Not by way of the kernel's cache: nobody reads it twice, and requests are as large as restic's own reads.
        return FileInfo(fh=handle, direct_io=True)

    async def read(self, fh: int, off: int, size: int) -> memoryview:
        try:
            return await self._open[fh].read(off, size)
        except OSError as error:
            raise FUSEError(error.errno or errno.EIO) from error

    async def release(self, fh: int) -> None:
        del self._open[fh]

    def _load(self, index: int | None) -> bytes:
        if index is None:
            return self._text
        data = read_segment(self._descriptor, index, self._size)
        self._table.put(index, hashlib.sha256(data).digest())
        self._table.count(len(data))
        return data
