"""Checking the file system on a scratch volume without mounting it.

What it holds a guest wrote, so the tools that read it are confined to that one device, as confined() in host/logical-volume.sh does it.
"""

import os
import subprocess
from dataclasses import dataclass
from typing import Literal

from runtime.command import environment
from runtime.failure import Failure

_PROPERTIES = (
    "PrivateNetwork=yes", "PrivateTmp=yes", "ProtectHome=yes", "ProtectSystem=strict", "NoNewPrivileges=yes", "RestrictNamespaces=yes",
    "SystemCallFilter=@system-service", "DevicePolicy=closed", "Nice=10", "IOSchedulingClass=idle",
    "Slice=pulumilvm.slice", "OOMScoreAdjust=500",
)  # fmt: skip
# blkid(8), e2fsck(8), xfs_repair(8)
_NOTHING_FOUND = (2, 8)
_E2FSCK_GOOD = (0, 1)
_DIRTY_LOG = "valuable metadata changes in a log"

Kind = Literal["ext4", "xfs", "none"]


@dataclass(frozen=True)
class _Done:
    code: int
    output: str


def find_file_system(device: str, unit: str) -> Kind:
    """What is on a device: "ext4" also for its elders, "none" for anything else that we cannot check. unit: name of the confined service."""
    done = _confined(unit, device, "blkid", "-p", "-o", "value", "-s", "TYPE", device)
    if done.code not in (0, *_NOTHING_FOUND):
        raise _failure("command", device, "blkid", done, "Run the drill again; if it comes back, look at the kernel's log with 'dmesg'")
    return kind_of(done.output)


def kind_of(type_name: str) -> Kind:
    """By what blkid(8) calls it."""
    name = type_name.strip()
    return "ext4" if name in ("ext2", "ext3", "ext4") else "xfs" if name == "xfs" else "none"


def check_file_system(device: str, kind: Kind, unit: str) -> None:
    """Raises Failure "filesystem" when the file system would not come up as after a power cut. It may change what is on the device.

    A backup of a mounted file system is what a power cut leaves. ext4: its journal is replayed and what is safe is put right, as at any
    boot. xfs: only the kernel can replay its log, by a mount. If it is not sound without that, the log is dropped, and what is left must
    be sound after a repair.
    """
    if kind == "ext4":
        done = _confined(unit, device, "e2fsck", "-f", "-p", device)
        if done.code not in _E2FSCK_GOOD:
            raise _unsound(device, "e2fsck -f -p", done)
    elif kind == "xfs":
        done = _confined(unit, device, "xfs_repair", "-n", device)
        if done.code == 0:
            return
        if _DIRTY_LOG not in done.output:
            raise _unsound(device, "xfs_repair -n", done)
        # At its end a repair flushes the device by BLKFLSBUF, for which the kernel asks this of it.
        for option, capabilities in (("-L", "CAP_SYS_ADMIN"), ("-n", "")):
            done = _confined(unit, device, "xfs_repair", option, device, capabilities=capabilities)
            if done.code != 0:
                raise _unsound(device, f"xfs_repair {option}", done)


def stop_check(unit: str) -> None:
    """Ends a check that goes on; none is fine. It would go on without us, as it is a service of its own."""
    subprocess.run(["systemctl", "stop", f"{unit}.service"], check=False, stdin=subprocess.DEVNULL, capture_output=True, env=environment())


def _confined(unit: str, device: str, *command: str, capabilities: str = "") -> _Done:
    properties = [*_PROPERTIES, f"CapabilityBoundingSet={capabilities}", f"DeviceAllow={os.path.realpath(device)} rw"]
    argv = ["systemd-run", "--quiet", "--wait", "--pipe", "--collect", f"--unit={unit}", *(part for each in properties for part in ("-p", each))]
    # Not run(): a check of much data must end with the deadline. It writes to nothing but what is thrown away.
    process = subprocess.Popen(
        [*argv, "--", *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment(), start_new_session=True
    )
    assert process.stdout is not None
    try:
        output = process.stdout.read().decode(errors="replace")
        done = _Done(process.wait(), output)
    except BaseException:
        stop_check(unit)
        process.kill()
        process.wait()
        raise
    finally:
        process.stdout.close()
    # systemd.exec(5): the command could not be started.
    if done.code == 203 or "Failed to find executable" in output:
        raise Failure(
            "tool",
            f"Cannot check the file system on {device}",
            f"{command[0]} is not there: {output.strip()}",
            f"Install it on the host ('apt-get install {'xfsprogs' if command[0] == 'xfs_repair' else 'e2fsprogs'}')",
        )
    return done


def _unsound(device: str, command: str, done: _Done) -> Failure:
    return _failure(
        "filesystem", device, command, done,
        "The recovery point has what the volume had: check the file system in the guest, and freeze it for backups (hooks before and after)",
    )  # fmt: skip


def _failure(code: str, device: str, command: str, done: _Done, next: str) -> Failure:
    output = " ".join(done.output.split())
    shown = output if len(output) < 1000 else f"{output[:500]} … {output[-500:]}"
    return Failure(code, f"Cannot trust the file system on {device}", f'"{command}" ended with exit code {done.code}: {shown}', next)
