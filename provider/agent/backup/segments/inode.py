"""Inode numbers of the tree that a device is shown as: of each name always the same, as restic stores them."""

import re

from segments.segment import FOLDER_SEGMENTS

# The file that says what the device is.
DESCRIPTION = "volume.json"
ROOT = 1
DESCRIPTION_INODE = 2
# Added to the number of a folder and of a segment. Numbers of folders have 6 hex digits and those of segments 8, so no two are the same.
_FOLDERS = 1 << 24
_SEGMENTS = 1 << 32


def inode_of(parent: int, name: str) -> int | None:
    """The inode of a name in a folder; None for a name that no tree has there."""
    if parent == ROOT:
        if name == DESCRIPTION:
            return DESCRIPTION_INODE
        return _FOLDERS + int(name, 16) if re.fullmatch("[0-9a-f]{6}", name) else None
    if not re.fullmatch("[0-9a-f]{8}", name):
        return None
    inode = segment_inode(int(name, 16))
    return inode if parent_of(inode) == parent else None


def name_of(inode: int) -> str:
    """The name of what is below the root, as segment_path has it."""
    if inode == DESCRIPTION_INODE:
        return DESCRIPTION
    return f"{inode - _FOLDERS:06x}" if is_folder(inode) else f"{inode - _SEGMENTS:08x}"


def parent_of(inode: int) -> int:
    """The folder of what is below the root."""
    return _FOLDERS + (inode - _SEGMENTS) // FOLDER_SEGMENTS if inode >= _SEGMENTS else ROOT


def is_folder(inode: int) -> bool:
    return inode == ROOT or _FOLDERS <= inode < _SEGMENTS


def segment_inode(index: int) -> int:
    return _SEGMENTS + index


def segment_index(inode: int) -> int | None:
    """The segment whose file has the inode; None when it is not a segment's."""
    return inode - _SEGMENTS if inode >= _SEGMENTS else None
