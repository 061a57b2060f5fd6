"""What was read back from a repository against the manifest of its recovery point."""

import hashlib
import tarfile
from collections.abc import Callable, Iterable
from typing import IO

from repository.manifest import Manifest
from repository.recovery_point import RecoveryPoint
from runtime.failure import Failure
from segments.inode import DESCRIPTION
from segments.segment import segment_path

READ_BYTES = 1 << 20


def compare_hashes(point: RecoveryPoint, manifest: Manifest, indexes: Iterable[int], read: Callable[[int], str | None]) -> None:
    """Raises Failure "mismatch" for the first segment that is not what the manifest says. read: the hash of a segment as it came; None if none did."""
    for index in indexes:
        found, known = read(index), manifest.segments[index].sha256
        if found is None:
            raise differs(point, f"segment {index} ({segment_path(index)}) is missing")
        if found != known:
            raise differs(point, f"segment {index} has SHA-256 {found}, and the manifest says {known}")


def compare_archive(stream: IO[bytes], point: RecoveryPoint, manifest: Manifest, tick: Callable[[int], None]) -> list[int]:
    """Compares a tar of the tree of segments, as restic dumps it. Returns the segments that did not come, the lowest first.

    tick: called with the bytes so far. Raises Failure "mismatch". An archive that ends early or is none is one with less in it: whoever
    made it says why.
    """
    missing = {segment_path(index): index for index in sorted(manifest.segments)}
    done = 0
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                # It would keep a record of every member.
                setattr(archive, "members", [])
                name = member.name.strip("/")
                file = archive.extractfile(member) if member.isfile() else None
                if file is None or name == DESCRIPTION:
                    continue
                index = missing.pop(name, None)
                digest = hashlib.sha256()
                while part := file.read(READ_BYTES):
                    digest.update(part)
                    done += len(part)
                    tick(done)
                if index is None:
                    raise differs(point, f'it has a file "{name}" that the manifest does not know')
                compare_hashes(point, manifest, [index], lambda _, found=digest.hexdigest(): found)
    except (tarfile.TarError, EOFError):
        pass
    return list(missing.values())


def refuse_missing(point: RecoveryPoint, missing: list[int]) -> None:
    """Raises Failure "mismatch" when there are any."""
    if missing:
        first = f"the first is segment {missing[0]} ({segment_path(missing[0])})"
        raise differs(point, f"{len(missing)} segments are missing, {first}")


def differs(point: RecoveryPoint, detail: str) -> Failure:
    return Failure(
        "mismatch", f"Cannot trust recovery point {point.id}", detail, "Choose another recovery point, and run the next backup with a new target"
    )
