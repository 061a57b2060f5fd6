"""What a thin pool's metadata tells: which parts of a thin volume are mapped, and which differ between two of one pool."""

import json
import math
import subprocess
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from lvm.logical_volume import LogicalVolume
from lvm.thin_output import Mapping, OddOutput, mapped_chunks_of, parse_delta, parse_dump
from runtime.command import environment, run
from runtime.failure import Failure
from runtime.lease import lease
from runtime.state_files import STATE, remove_file, write_file

ERROR_CHARACTERS = 2000
# A pool has one metadata snapshot, and reading a large one takes minutes: whoever wants the next waits to its deadline.
WAIT_SECONDS = math.inf


def read_mapping(pool: LogicalVolume, volume: LogicalVolume) -> Mapping:
    """All that a thin volume maps; everything counts as changed. It must be active, and not written to. Raises Failure "metadata"."""
    with _metadata(pool) as device:
        lines = _lines("thin_dump", "-m", "--dev-id", str(volume.thin_id), device)
        return _believed("thin_dump", lambda: parse_dump(lines, pool.chunk_bytes, _mapped_chunks(pool, volume)))


def read_delta(pool: LogicalVolume, base: LogicalVolume, base_bytes: int | None, volume: LogicalVolume) -> Mapping:
    """What differs between a base and a later snapshot of the same volume. Chunks of the base cannot be used anew while it exists.

    base_bytes: what the base maps; None when that was not noted. The later one must be active, and not written to. Raises Failure "metadata".
    """
    with _metadata(pool) as device:
        lines = _lines("thin_delta", "-m", "--thin1", str(base.thin_id), "--thin2", str(volume.thin_id), device)
        base_chunks = None if base_bytes is None else base_bytes // pool.chunk_bytes
        return _believed("thin_delta", lambda: parse_delta(lines, pool.chunk_bytes, _mapped_chunks(pool, volume), base_chunks))


def _mapped_chunks(pool: LogicalVolume, volume: LogicalVolume) -> int:
    return mapped_chunks_of(run("dmsetup", "status", _dm_name(volume.group, volume.name)), pool.chunk_bytes)


def _believed(tool: str, parse: Callable[[], Mapping]) -> Mapping:
    try:
        return parse()
    except OddOutput as odd:
        raise _failure(f"what {tool} printed cannot be all of it: {odd}") from odd


def _dm_name(*parts: str) -> str:
    """The device-mapper name of a logical volume: LVM joins parts with a hyphen, and doubles those within them."""
    return "-".join(part.replace("-", "--") for part in parts)


@contextmanager
def _metadata(pool: LogicalVolume) -> Generator[str, None, None]:
    """The device with a pool's metadata, of which the kernel keeps one moment readable meanwhile."""
    mapper = f"{_dm_name(pool.group, pool.name)}-tpool"
    with lease(f"pool-{pool.uuid}", "reading the pool's metadata", WAIT_SECONDS):
        release_metadata(pool, mapper)
        # Written first: the kernel keeps the reservation on disk, over a power cut too, and nothing there says whose it is.
        write_file(_reservation(pool), json.dumps({"pool": pool.path}))
        try:
            run("dmsetup", "message", mapper, "0", "reserve_metadata_snap")
            yield f"/dev/mapper/{_dm_name(pool.group, f'{pool.name}_tmeta')}"
        finally:
            release_metadata(pool, mapper)


def release_metadata(pool: LogicalVolume, mapper: str) -> None:
    """Releases what we, or a dead run of ours, reserved. Raises Failure "reserved" when another tool holds a reservation."""
    # "start length thin-pool transaction used/total used/total held-root ..." (kernel: device-mapper/thin-provisioning)
    fields = run("dmsetup", "status", mapper).split()
    is_held = len(fields) > 6 and fields[6] != "-"
    if is_held and not _reservation(pool).exists():
        raise Failure(
            "reserved",
            f'Cannot read the metadata of thin pool "{pool.path}"',
            "another tool holds a snapshot of it",
            f"Wait for that tool; if it is dead, release it with 'dmsetup message {mapper} 0 release_metadata_snap'",
        )
    if is_held:
        run("dmsetup", "message", mapper, "0", "release_metadata_snap")
    remove_file(_reservation(pool))


def release_left_behind(pool: LogicalVolume) -> None:
    """Releases the reservation of a dead run, if there is one and the pool is active; else the next use of the pool does."""
    if not _reservation(pool).exists() or not pool.is_active:
        return
    with lease(f"pool-{pool.uuid}", "releasing the pool's metadata", WAIT_SECONDS):
        if _reservation(pool).exists():
            release_metadata(pool, f"{_dm_name(pool.group, pool.name)}-tpool")


def _reservation(pool: LogicalVolume) -> Path:
    return STATE / f"reserved-{pool.uuid}.json"


def _lines(*argv: str) -> Iterator[str]:
    """The output of a metadata tool line by line: that of a large, fragmented volume is long."""
    # In a file: a tool that has filled a pipe of its errors would wait for ever for us to read that, and we for its output.
    with (
        tempfile.TemporaryFile("w+", errors="replace") as errors,
        subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment()) as process,
    ):
        assert process.stdout is not None
        try:
            yield from process.stdout
        except BaseException:
            process.kill()
            raise
        if process.wait() != 0:
            errors.seek(0)
            message = errors.read(ERROR_CHARACTERS).strip()
            raise _failure(f'"{" ".join(argv)}" ended with exit code {process.returncode}: {message}')


def _failure(detail: str) -> Failure:
    next = "Check the pool: 'lvs -a' shows its state, and lvmthin(7) how to repair it"
    return Failure("metadata", "Cannot read the metadata of the thin pool", detail, next)
