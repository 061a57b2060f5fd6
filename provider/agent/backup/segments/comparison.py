"""What was read back from a repository against the manifest of its recovery point."""

from collections.abc import Callable, Iterable

from repository.manifest import Manifest
from repository.recovery_point import RecoveryPoint
from runtime.failure import Failure
from segments.segment import segment_path


def compare_hashes(point: RecoveryPoint, manifest: Manifest, indexes: Iterable[int], read: Callable[[int], str | None]) -> None:
    """Raises Failure "mismatch" for the first segment that is not what the manifest says. read: the hash of a segment as it came; None if none did."""
    for index in indexes:
        found, known = read(index), manifest.segments[index].sha256
        if found is None:
            raise differs(point, f"segment {index} ({segment_path(index)}) is missing")
        if found != known:
            raise differs(point, f"segment {index} has SHA-256 {found}, and the manifest says {known}")


def differs(point: RecoveryPoint, detail: str) -> Failure:
    return Failure(
        "mismatch", f"Cannot trust recovery point {point.id}", detail, "Choose another recovery point, and run the next backup with a new target"
    )
