"""Reading segments back from the repository, to compare them with the manifest."""

from collections.abc import Sequence

from repository.manifest import Manifest
from repository.recovery_point import RecoveryPoint
from repository.repository import Repository
from runtime.progress import Progress
from segments.comparison import compare_hashes
from segments.hash_view import HashView
from segments.mounted_view import mounted
from segments.segment import HashTable, segment_count, segment_length, segment_path

# Segments that one call of restic brings. It writes the parts of all of them in no order, so this bounds what waits in memory: 512 MiB at the
# very worst, and a few segments as a rule.
SEGMENTS_AT_ONCE = 128


def read_back(repository: Repository, point: RecoveryPoint, manifest: Manifest, indexes: Sequence[int], progress: Progress) -> int:
    """Hashes segments of a recovery point as they come out of the repository. Returns the bytes compared. Raises Failure "mismatch"."""
    table = HashTable(segment_count(manifest.size_bytes))
    total = sum(segment_length(index, manifest.size_bytes) for index in indexes)
    progress.report("compare", 0, total)
    with mounted(lambda _: HashView(manifest.size_bytes, table), None, is_writable=True) as folder:
        for start in range(0, len(indexes), SEGMENTS_AT_ONCE):
            some = indexes[start : start + SEGMENTS_AT_ONCE]
            included = [part for index in some for part in ("--include", f"/{segment_path(index)}")]
            target = ("--target", str(folder))
            repository.run("restore", "--no-lock", point.data, *included, *target, tick=lambda: progress.report("compare", table.counted, total))
    compare_hashes(point, manifest, indexes, table.get)
    return total
