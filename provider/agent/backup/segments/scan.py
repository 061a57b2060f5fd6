"""Which segments of a snapshot a backup has to send: told by the pool's metadata, or by reading all of it."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lvm.thin_output import Mapping
from repository.manifest import Manifest, Segment
from runtime.failure import Failure
from segments.segment import SEGMENT_BYTES, hash_of_zeros, segment_count, segment_length, segments_of


@dataclass(frozen=True)
class Scan:
    """numbers: present segments, each with the backup that last saw it change. hashes: of those that were read already.

    mapped_bytes: what the snapshot maps in its pool; None when the pool's metadata was not asked.
    """

    numbers: dict[int, int]
    hashes: dict[int, str]
    bytes_read: int
    mapped_bytes: int | None = None


def scan_mapped(mapping: Mapping, size_bytes: int, number: int) -> Scan:
    """Without a base: all that a thin snapshot maps is new."""
    return Scan({index: number for index in segments_of(mapping.mapped, size_bytes)}, {}, 0, mapping.mapped_bytes)


def scan_delta(base: Manifest, delta: Mapping, size_bytes: int, number: int) -> Scan:
    """What differs from the base is new, and the rest is as old as it was there."""
    changed = segments_of(delta.changed, size_bytes)
    if base.size_bytes != size_bytes:
        # The last segment of the base may have been a shorter one.
        changed.add((base.size_bytes - 1) // SEGMENT_BYTES)
    present = segments_of(delta.mapped, size_bytes)
    numbers = {index: number if index in changed or index not in base.segments else base.segments[index].number for index in present}
    return Scan(numbers, {}, 0, delta.mapped_bytes)


def scan_contents(base: Manifest | None, hashes: Iterable[tuple[int, str]], size_bytes: int, number: int) -> Scan:
    """By the hashes of all segments, where nothing else tells what changed. Segments of zeros are left out."""
    before = base.segments if base is not None else {}
    old_size = base.size_bytes if base is not None else 0
    numbers: dict[int, int] = {}
    kept: dict[int, str] = {}
    for index, sha256 in hashes:
        length = segment_length(index, size_bytes)
        if sha256 == hash_of_zeros(length):
            continue
        known = before.get(index)
        is_same = known is not None and known.sha256 == sha256 and segment_length(index, old_size) == length
        numbers[index] = known.number if known is not None and is_same else number
        kept[index] = sha256
    return Scan(numbers, kept, size_bytes)


def hashed_segments(scan: Scan, base: Manifest | None, number: int, read: Callable[[int], str | None]) -> dict[int, Segment]:
    """The segments of a manifest: with the hash of what restic read, or of what the base has of one that it did not read.

    read: the hash of a segment as restic read it. Raises Failure "restic" for a new one that it did not read, and "delta" for one that is
    not what the base has.
    """

    def hash_of(index: int, changed_in: int) -> str:
        found = read(index)
        if changed_in == number:
            if found is None:
                raise Failure("restic", "Cannot trust this backup", f"restic did not read segment {index}, which changed", "Run it again")
            return found
        assert base is not None
        known = base.segments[index].sha256
        for each in (found, scan.hashes.get(index)):
            if each is not None and each != known:
                raise missed_change(index, each, known)
        return known

    return {index: Segment(changed_in, hash_of(index, changed_in)) for index, changed_in in sorted(scan.numbers.items())}


def choose_samples(scan: Scan, manifest: Manifest, count: int) -> dict[int, str]:
    """Random segments that were not read, in order, each with the hash that it has if what was told of it is right: at most `count` that did
    not change, and as many that are absent, which are zeros."""
    unchanged = [index for index, number in scan.numbers.items() if number != manifest.number and index not in scan.hashes]
    # Where all was read the absent ones were seen to be zeros.
    size = manifest.size_bytes
    absent = [index for index in range(segment_count(size)) if index not in scan.numbers] if scan.bytes_read == 0 else []
    chosen = [*_some(unchanged, count), *_some(absent, count)]
    return {
        index: manifest.segments[index].sha256 if index in manifest.segments else hash_of_zeros(segment_length(index, size))
        for index in sorted(chosen)
    }


def _some(indexes: list[int], count: int) -> list[int]:
    return random.SystemRandom().sample(indexes, min(count, len(indexes)))


def missed_change(index: int, found: str, known: str) -> Failure:
    """The delta says "unchanged" of what did change: nothing that it said is to be trusted."""
    return Failure(
        "delta",
        "Cannot trust this backup",
        f"segment {index} of the volume has SHA-256 {found}, and by the pool's metadata it still is what the last backup saw, {known}",
        "Run it again: the next backup reads the whole volume. Check the pool's disks if it comes back",
    )
