"""A block device shown as a tree of segment files (FUSE): read-only for a backup, writable for a restore.

The tree: volume.json (what the device is), and NNNNNN/NNNNNNNN, one file a segment; a segment that holds nothing is absent. The number of
the backup that last saw a segment change is the file's modification time, so that restic finds what changed without any clock.
"""

import ctypes
import errno
import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

try:
    from fusepy import FUSE, FuseOSError, Operations
except ImportError:  # the module's name outside of Debian
    from fuse import FUSE, FuseOSError, Operations

from runtime.command import PR_SET_PDEATHSIG, run
from runtime.failure import Failure
from runtime.interruption import forget_in_child, shielded
from segments.segment import FOLDER_SEGMENTS, SEGMENT_BYTES, HashTable, read_segment, segment_length, segment_path
from runtime.state_files import RUN

# The same path in every run and on every host, as restic records it. The mount is private to the process, see the entry program.
VIEW = RUN / "view"
DESCRIPTION = "volume.json"
MOUNT_SECONDS = 30
# The descriptor of a view that is of no device.
NO_DEVICE = -1
# What a write is divided into to find zeros: the smallest chunk of a thin pool (lvmthin(7)).
ZERO_BYTES = 64 << 10


class _SegmentFile:
    """An open segment: read from the device once and whole, so that what is hashed is what restic gets."""

    def __init__(self, load: Callable[[], bytes]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._data: bytes | None = None

    def read(self, offset: int, size: int) -> bytes:
        with self._lock:
            if self._data is None:
                self._data = self._load()
            return self._data[offset : offset + size]


def _folder_attributes() -> dict[str, Any]:
    return {"st_mode": stat.S_IFDIR | 0o700, "st_nlink": 2, "st_mtime": 0, "st_ctime": 0, "st_atime": 0}


def _file_attributes(size: int, mtime: int) -> dict[str, Any]:
    return {"st_mode": stat.S_IFREG | 0o600, "st_nlink": 1, "st_size": size, "st_mtime": mtime, "st_ctime": mtime, "st_atime": mtime}


def _index(path: str) -> int:
    """The segment that a path names. Raises ENOENT for any other path."""
    try:
        index = int(path.rpartition("/")[2], 16)
    except ValueError:
        raise FuseOSError(errno.ENOENT) from None
    if path != f"/{segment_path(index)}":
        raise FuseOSError(errno.ENOENT)
    return index


class ReadView(Operations):
    """The tree of a device for restic to back up. segments: index to number of the backup that last saw it change."""

    def __init__(self, descriptor: int, size_bytes: int, segments: Mapping[int, int], number: int, table: HashTable) -> None:
        self._descriptor = descriptor
        self._size = size_bytes
        self._segments = segments
        self._number = number
        self._table = table
        self._text = json.dumps({"sizeBytes": size_bytes, "segmentBytes": SEGMENT_BYTES, "number": number}).encode() + b"\n"
        self._folders: dict[int, list[int]] = {}
        for index in sorted(segments):
            self._folders.setdefault(index // FOLDER_SEGMENTS, []).append(index)
        self._open: dict[int, _SegmentFile] = {}
        self._handles = iter(range(1, 2**62))
        self._lock = threading.Lock()

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        if path == "/":
            return _folder_attributes()
        if path == f"/{DESCRIPTION}":
            return _file_attributes(len(self._text), self._number)
        if path.count("/") == 1:
            self._folder(path)
            return _folder_attributes()
        index = _index(path)
        if index not in self._segments:
            raise FuseOSError(errno.ENOENT)
        return _file_attributes(segment_length(index, self._size), self._segments[index])

    def readdir(self, path: str, fh: int) -> list[str]:
        if path == "/":
            return [".", "..", DESCRIPTION, *(f"{folder:06x}" for folder in self._folders)]
        return [".", "..", *(f"{index:08x}" for index in self._folders[self._folder(path)])]

    def open(self, path: str, flags: int) -> int:
        if path == f"/{DESCRIPTION}":
            file = _SegmentFile(lambda: self._text)
        else:
            index = _index(path)
            file = _SegmentFile(lambda: self._load(index))
        with self._lock:
            handle = next(self._handles)
            self._open[handle] = file
        return handle

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        return self._open[fh].read(offset, size)

    def release(self, path: str, fh: int) -> int:
        with self._lock:
            del self._open[fh]
        return 0

    def _load(self, index: int) -> bytes:
        data = read_segment(self._descriptor, index, self._size)
        self._table.put(index, hashlib.sha256(data).digest())
        self._table.count(len(data))
        return data

    def _folder(self, path: str) -> int:
        try:
            folder = int(path[1:], 16)
        except ValueError:
            raise FuseOSError(errno.ENOENT) from None
        if folder not in self._folders or path != f"/{folder:06x}":
            raise FuseOSError(errno.ENOENT)
        return folder


class WriteView(Operations):
    """The tree for restic to restore into. The device must read as zeros: zeros are not written, so that a thin volume stays thin."""

    def __init__(self, descriptor: int, size_bytes: int, table: HashTable) -> None:
        self._descriptor = descriptor
        self.size_bytes = size_bytes
        self.table = table
        self._names: set[str] = set()

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        if path == "/":
            return _folder_attributes()
        if path not in self._names:
            raise FuseOSError(errno.ENOENT)
        if path == f"/{DESCRIPTION}":
            return _file_attributes(0, 0)
        if path.count("/") == 1:
            return _folder_attributes()
        return _file_attributes(segment_length(_index(path), self.size_bytes), 0)

    def readdir(self, path: str, fh: int) -> list[str]:
        start = "/" if path == "/" else f"{path}/"
        return [".", "..", *(name[len(start) :] for name in self._names if name.startswith(start) and "/" not in name[len(start) :])]

    def mkdir(self, path: str, mode: int) -> int:
        self._names.add(path)
        return 0

    def create(self, path: str, mode: int, fi: object = None) -> int:
        if path != f"/{DESCRIPTION}" and segment_length(_index(path), self.size_bytes) <= 0:
            raise FuseOSError(errno.ENOSPC)
        self._names.add(path)
        return 0

    def open(self, path: str, flags: int) -> int:
        return 0

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        return b""

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        if path == f"/{DESCRIPTION}":
            return len(data)
        index = _index(path)
        if offset + len(data) > segment_length(index, self.size_bytes):
            raise FuseOSError(errno.ENOSPC)
        self.take(index, offset, data)
        return len(data)

    def take(self, index: int, offset: int, data: bytes) -> None:
        """A part of a segment has come."""
        start = index * SEGMENT_BYTES + offset
        at = 0
        while at < len(data):
            # Divided where the device's chunks are: a part across two of them would map both.
            part = data[at : at + ZERO_BYTES - (start + at) % ZERO_BYTES]
            if part.count(0) != len(part):
                self._write(part, start + at)
            at += len(part)

    def _write(self, part: bytes, start: int) -> None:
        done = 0
        while done < len(part):
            done += os.pwrite(self._descriptor, part[done:], start + done)
        self.table.count(len(part))

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        return 0

    def chmod(self, path: str, mode: int) -> int:
        return 0

    def chown(self, path: str, uid: int, gid: int) -> int:
        return 0

    def utimens(self, path: str, times: object = None) -> int:
        return 0


@contextmanager
def mounted(make: Callable[[int], Operations], device: str | None, is_writable: bool) -> Generator[Path, None, None]:
    """Mounts a view of a device in a process of its own, which ends with this one.

    make: the view of an open descriptor; -1 when device is None, for a view that has none. Raises Failure "view" when it cannot be mounted.
    """
    VIEW.mkdir(parents=True, exist_ok=True)
    with shielded():
        child = os.fork()
        if child == 0:
            _serve(make, device, is_writable)
    try:
        _wait_until_mounted(child)
        subprocess.run(["ionice", "-c", "3", "-p", str(child)], check=False, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        yield VIEW
    finally:
        with shielded():
            _unmount(child)


def _serve(make: Callable[[int], Operations], device: str | None, is_writable: bool) -> None:
    """The process of the view; never returns."""
    code = 1
    try:
        forget_in_child()
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.nice(10)
        null = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1):
            os.dup2(null, standard)
        mode = os.O_RDWR | os.O_EXCL if is_writable else os.O_RDONLY
        descriptor = NO_DEVICE if device is None else os.open(device, mode | os.O_CLOEXEC)
        # The kernel asks for names and attributes once: nothing changes them behind its back.
        FUSE(make(descriptor), str(VIEW), foreground=True, nothreads=is_writable, ro=not is_writable, fsname="pulumi-lvm",
             attr_timeout=0 if is_writable else 3600, entry_timeout=0 if is_writable else 3600, max_read=131072, big_writes=True)  # fmt: skip
        if is_writable and descriptor != NO_DEVICE:
            os.fsync(descriptor)
        code = 0
    except BaseException as error:
        print(f"the view of {device or 'what is read back'} failed: {error}", file=sys.stderr)
    finally:
        os._exit(code)


def _wait_until_mounted(child: int) -> None:
    deadline = time.monotonic() + MOUNT_SECONDS
    while not os.path.ismount(VIEW):
        ended, _ = os.waitpid(child, os.WNOHANG)
        if ended or time.monotonic() > deadline:
            raise Failure(
                "view",
                "Cannot mount the view of the volume",
                "its process ended at once" if ended else f"it was not there after {MOUNT_SECONDS} s",
                "Check that /dev/fuse is there ('modprobe fuse') and that python3-fusepy is installed",
            )
        time.sleep(0.02)


def _unmount(child: int) -> None:
    if os.path.ismount(VIEW):
        try:
            run("umount", str(VIEW))
        except Failure:
            run("umount", "--lazy", str(VIEW))
    try:
        deadline = time.monotonic() + MOUNT_SECONDS
        while os.waitpid(child, os.WNOHANG)[0] == 0:
            if time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)
            time.sleep(0.02)
    except ChildProcessError:
        pass  # it ended before it had mounted anything
