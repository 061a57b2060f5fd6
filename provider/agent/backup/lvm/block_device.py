"""Block devices: whether they are there, and how large."""

import os
import stat
import time

from runtime.failure import Failure


def wait_for_device(device: str, seconds: float = 10) -> None:
    """Waits until udev has made a device's node. Raises Failure "device"."""
    deadline = time.monotonic() + seconds
    while not _is_block_device(device):
        if time.monotonic() > deadline:
            raise Failure("device", f"Cannot open {device}", "it did not appear", "Look at 'udevadm info' and 'dmsetup ls' on the host")
        time.sleep(0.05)


def device_size(device: str) -> int:
    """Bytes that a block device shows."""
    descriptor = os.open(device, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.lseek(descriptor, 0, os.SEEK_END)
    finally:
        os.close(descriptor)


def _is_block_device(path: str) -> bool:
    try:
        return stat.S_ISBLK(os.stat(path).st_mode)
    except FileNotFoundError:
        return False
