"""A block device shown as a tree of segment files (FUSE): what the view for a backup and the one for a restore have in common.

The tree: volume.json (what the device is), and NNNNNN/NNNNNNNN, one file a segment; a segment that holds nothing is absent.
"""

import errno
import os
import stat
from abc import ABC, abstractmethod
from bisect import bisect
from collections.abc import Sequence

from pyfuse3 import EntryAttributes, FUSEError, Operations, ReaddirToken, RequestContext, readdir_reply

from segments.inode import ROOT, inode_of, is_folder, name_of


class SegmentTree(Operations, ABC):
    """Names, attributes and lists. What it does not have, such as listxattr, is answered by ENOSYS, and the kernel does not ask again."""

    def __init__(self, keep_seconds: float) -> None:
        """keep_seconds: how long the kernel keeps names and attributes without asking again."""
        super().__init__()
        self._keep_seconds = keep_seconds

    @abstractmethod
    def has(self, inode: int) -> bool:
        """Whether the tree has it now. The root is always there, and not asked for."""

    @abstractmethod
    def children(self, folder: int) -> Sequence[int]:
        """What a folder has now, by inode, sorted."""

    @abstractmethod
    def size_and_mtime(self, inode: int) -> tuple[int, int]:
        """Of a file: its bytes and its modification time in seconds."""

    async def lookup(self, parent_inode: int, name: bytes, ctx: RequestContext) -> EntryAttributes:
        return self.attributes(named(parent_inode, name))

    async def getattr(self, inode: int, ctx: RequestContext) -> EntryAttributes:
        return self.attributes(inode)

    async def opendir(self, inode: int, ctx: RequestContext) -> int:
        return inode

    async def readdir(self, fh: int, start_id: int, token: ReaddirToken) -> None:
        children = self.children(fh)
        for inode in children[bisect(children, start_id) :]:
            if not readdir_reply(token, os.fsencode(name_of(inode)), self.attributes(inode), inode):
                return

    async def releasedir(self, fh: int) -> None:
        pass

    def attributes(self, inode: int) -> EntryAttributes:
        if inode != ROOT and not self.has(inode):
            raise FUSEError(errno.ENOENT)
        found = EntryAttributes()
        found.st_ino = inode
        found.attr_timeout = found.entry_timeout = self._keep_seconds
        if is_folder(inode):
            found.st_mode, found.st_nlink, mtime = stat.S_IFDIR | 0o700, 2, 0
        else:
            found.st_mode, found.st_nlink = stat.S_IFREG | 0o600, 1
            found.st_size, mtime = self.size_and_mtime(inode)
        found.st_mtime_ns = found.st_ctime_ns = found.st_atime_ns = mtime * 10**9
        return found


def named(parent: int, name: bytes) -> int:
    """The inode of a name in a folder. Raises ENOENT when no tree has it there."""
    inode = inode_of(parent, os.fsdecode(name))
    if inode is None:
        raise FUSEError(errno.ENOENT)
    return inode
