"""A run of a backup: a new recovery point, for the price of what changed."""

import time
import uuid
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from commands.backup_contents import open_contents
from lvm import logical_volume
from lvm.backup_snapshot import find_room, refuse_overflow
from lvm.base_snapshot import BaseSnapshot, drop_base_snapshot, find_base_mismatch, read_base_snapshot, write_base_snapshot
from lvm.logical_volume import LogicalVolume
from lvm.sweep import remove_with_origin, sweep_snapshots
from lvm.thin_metadata import read_delta, read_mapping
from repository.manifest import Manifest
from repository.point_writer import PointWriter
from repository.known_points import note_point
from repository.recovery_point import Contents
from repository.repository import Repository
from repository.s3_objects import note_identity
from repository.verification_mark import damage_warning
from runtime import utc
from runtime.dirty_flag import clear_dirty, is_dirty, set_dirty
from runtime.failure import Failure
from runtime.lease import lease
from runtime.progress import Progress
from runtime.request import Request, flag_of, object_of, optional_text, text_of, volume_id_of, whole_of
from runtime.state_files import state_folder
from scheduling.quiescence import Quiescence, quiescence
from segments.mounted_view import mounted
from segments.read_view import ReadView
from segments.scan import Scan, choose_samples, hashed_segments, missed_change, scan_contents, scan_delta, scan_mapped
from segments.segment import SEGMENT_BYTES, HashTable, hash_segments, segment_count, segment_length


@dataclass(frozen=True)
class _Found:
    """What there was before the run. base: None when all is read; mismatch says why, and is None else."""

    volumes: list[LogicalVolume]
    volume: LogicalVolume
    pool: LogicalVolume | None
    contents: Contents
    base: BaseSnapshot | None
    mismatch: str | None


class BackupRun:
    def __init__(self, request: Request, progress: Progress, hooks: Quiescence | None, is_start_over: bool = False) -> None:
        """hooks: for what the hooks around the snapshot come to; None for none of them. is_start_over: what is lost is known, as `startOver` says."""
        identity = object_of(request.fields, "identity")
        self.volume_id = volume_id_of(request.fields)
        self.target = request.target
        self.identity = {key: text_of(identity, key) for key in ("name", "stack", "host")}
        self.is_quiesced = flag_of(request.fields, "quiesced")
        self.is_start_over = is_start_over or flag_of(request.fields, "startOver")
        self.samples = whole_of(request.fields, "sampleSegments", 4)
        self.snapshot_percent = whole_of(request.fields, "snapshotPercent", 20, 100)
        self.full_percent = whole_of(request.fields, "poolFullPercent", 95, 100)
        self.hooks = hooks
        self.request = request
        self.progress = progress
        self.folder: Path = state_folder(self.volume_id, self.target)
        self.repository = Repository(request.access(), request.limits, self.folder / "cache")
        self.writer = PointWriter(self.repository, optional_text(request.fields, "timeZone") or "UTC", self.folder)

    def lease(self):
        return lease(f"backup-{self.volume_id}", f"a backup of volume {self.volume_id}", self.request.limits.wait_seconds)

    def attempt(self) -> dict[str, Any]:
        """Makes the recovery point. The lease must be held."""
        started = time.monotonic()
        self.progress.report("prepare")
        found = self._find()
        cow_extents = find_room(found.volume, found.pool, self.snapshot_percent, self.full_percent)
        snapshot, taken = self._take_snapshot(found.volume, cow_extents)
        is_kept = False
        try:
            found, scan = self._scan(found, snapshot)
            manifest, bytes_read, bytes_sent = self._send(found, scan, snapshot, taken)
            bytes_sampled = self._sample(scan, manifest, snapshot)
            if cow_extents is not None:
                refuse_overflow(snapshot, self.snapshot_percent)
            self.progress.report("manifest")
            self.writer.save(manifest)
            if found.pool is not None:
                logical_volume.deactivate(snapshot)
            # The point is whole. Now the base moves on: the record first, and then what it does not name any more goes.
            is_kept = found.pool is not None
            write_base_snapshot(self.folder, _base_of(self.repository.access.url, found, snapshot, scan.mapped_bytes, manifest))
        except (Failure, OSError) as error:
            if isinstance(error, Failure) and error.code == "delta":
                drop_base_snapshot(self.folder)
            # Reading a snapshot that overflowed is an I/O error like any other.
            if cow_extents is not None:
                refuse_overflow(snapshot, self.snapshot_percent)
            raise
        finally:
            if not is_kept:
                remove_with_origin(snapshot, None if found.pool is not None or found.volume.is_active else found.volume)
        self._remove_former(found.volumes, snapshot)
        clear_dirty(self.folder)
        note_point(self.volume_id, self.target, self.repository.access.url, manifest.point, taken)
        warning = damage_warning(self.volume_id, self.target)
        return {
            "id": manifest.point,
            "time": taken,
            "number": manifest.number,
            "sizeBytes": manifest.size_bytes,
            "bytesRead": bytes_read + bytes_sampled,
            "bytesSampled": bytes_sampled,
            "bytesSent": bytes_sent,
            "digest": manifest.digest,
            "quiesced": self.is_quiesced,
            "segments": len(manifest.segments),
            "changedSegments": sum(1 for number in scan.numbers.values() if number == manifest.number),
            "durationSeconds": round(time.monotonic() - started, 3),
            **({"full": found.mismatch} if found.mismatch is not None else {}),
            **({"warnings": [warning]} if warning is not None else {}),
        }

    def _find(self) -> _Found:
        """Looks at the volume, the repository and the base, and tidies up after dead runs."""
        is_after_cut = is_dirty(self.folder)
        volumes = logical_volume.look()
        if sweep_snapshots(volumes, self.volume_id, self.target, self.folder):
            volumes = logical_volume.look()
        volume = logical_volume.find_volume(volumes, self.volume_id)
        pool = next(each for each in volumes if each.uuid == volume.pool_uuid) if volume.pool else None
        contents = open_contents(self.repository, self.folder, self.volume_id, self.target, is_after_cut, self.is_start_over)
        note_identity(self.repository.access, self.folder, {"volume": self.volume_id, **self.identity})
        set_dirty(self.folder)
        base = read_base_snapshot(self.folder)
        mismatch = find_base_mismatch(base, self.folder, self.repository.access.url, contents.points, volume, pool, volumes)
        return _Found(volumes, volume, pool, contents, base if mismatch is None else None, mismatch)

    def _take_snapshot(self, volume: LogicalVolume, cow_extents: int | None) -> tuple[LogicalVolume, str]:
        """The snapshot and when it was taken. The hooks enclose as little as can be: a guest may be frozen between them."""
        try:
            with quiescence(self.request, self.hooks) if self.hooks is not None else nullcontext():
                name = logical_volume.make_snapshot(volume, self.volume_id, self.target, cow_extents)
                taken = utc.now()
            self.is_quiesced = self.is_quiesced or (self.hooks is not None and self.hooks.is_quiesced)
            return logical_volume.open_snapshot(volume.group, name), taken
        except BaseException:
            try:
                sweep_snapshots(logical_volume.look(), self.volume_id, self.target, self.folder)
            except Failure:
                pass  # the next run does it
            raise

    def _scan(self, found: _Found, now: LogicalVolume) -> tuple[_Found, Scan]:
        """What to send, and what was found without a base that turned out not to be of use."""
        self.progress.report("compare")
        number, pool = found.contents.next_number, found.pool
        if pool is None or logical_volume.has_foreign_origin(found.volumes, found.volume):
            return found, scan_contents(found.base.manifest if found.base is not None else None, self._hashes(now), now.size_bytes, number)
        former = logical_volume.find_uuid(found.volumes, found.base.snapshot_uuid) if found.base is not None else None
        if found.base is not None and former is not None:
            try:
                return found, scan_delta(found.base.manifest, read_delta(pool, former, found.base.mapped_bytes, now), now.size_bytes, number)
            except Failure as failure:
                if failure.code != "metadata":
                    raise
                found = replace(found, base=None, mismatch=f"the base could not be compared: {failure.detail}")
        return found, scan_mapped(read_mapping(pool, now), now.size_bytes, number)

    def _hashes(self, now: LogicalVolume) -> Iterator[tuple[int, str]]:
        """Of all segments of the device."""
        for index, sha256 in hash_segments(now.device, range(segment_count(now.size_bytes)), now.size_bytes):
            self.progress.report("compare", index * SEGMENT_BYTES, now.size_bytes)
            yield index, sha256

    def _send(self, found: _Found, scan: Scan, now: LogicalVolume, taken: str) -> tuple[Manifest, int, int]:
        """Lets restic read the view. Returns the manifest of what it read, the bytes read from the device and those added to the repository."""
        number, size = found.contents.next_number, now.size_bytes
        base = found.base.manifest if found.base is not None else None
        parent = next(each.data for each in found.contents.points if each.id == base.point) if base is not None else None
        table = HashTable(segment_count(size))
        draft = Manifest(
            str(uuid.uuid4()), self.volume_id, **self.identity, target=self.target, number=number, time=taken, size_bytes=size,
            is_quiesced=self.is_quiesced, segments={},
        )  # fmt: skip
        total = sum(segment_length(index, size) for index, changed_in in scan.numbers.items() if changed_in == number)

        def view(descriptor: int) -> ReadView:
            return ReadView(descriptor, size, scan.numbers, number, table)

        self.progress.report("send", 0, total)
        with mounted(view, now.device, is_writable=False) as folder:
            sent = self.writer.send_data(draft, folder, parent, lambda: self.progress.report("send", table.counted, total))
        manifest = replace(draft, segments=hashed_segments(scan, base, number, table.get))
        return manifest, scan.bytes_read + table.counted, sent

    def _sample(self, scan: Scan, manifest: Manifest, now: LogicalVolume) -> int:
        """Reads a few random segments that were not sent, and compares. Returns the bytes read: the kernel makes up the zeros of absent ones."""
        self.progress.report("sample")
        chosen = choose_samples(scan, manifest, self.samples)
        for index, sha256 in hash_segments(now.device, chosen, now.size_bytes):
            known = chosen[index]
            if sha256 != known:
                raise missed_change(index, sha256, known)
        return sum(segment_length(index, now.size_bytes) for index in chosen if index in manifest.segments)

    def _remove_former(self, volumes: list[LogicalVolume], kept: LogicalVolume) -> None:
        """Removes the former base. Should that fail, the next run's sweep does it: the recovery point is whole."""
        for each in logical_volume.backup_snapshots(volumes, self.volume_id, self.target):
            if each.uuid != kept.uuid:
                try:
                    logical_volume.remove_own(each)
                except Failure:
                    pass


def _base_of(url: str, found: _Found, snapshot: LogicalVolume, mapped_bytes: int | None, manifest: Manifest) -> BaseSnapshot:
    pool = found.pool
    return BaseSnapshot(
        repository=url,
        origin_uuid=found.volume.uuid,
        snapshot_uuid=snapshot.uuid if pool is not None else "",
        thin_id=snapshot.thin_id if pool is not None else 0,
        pool_uuid=pool.uuid if pool is not None else "",
        chunk_bytes=pool.chunk_bytes if pool is not None else 0,
        mapped_bytes=mapped_bytes,
        manifest=manifest,
    )


def make_point(request: Request, progress: Progress, hooks: Quiescence | None) -> dict[str, Any]:
    """Makes a recovery point. hooks: gets what the hooks around the snapshot come to; None to call none."""
    run = BackupRun(request, progress, hooks)
    with run.lease():
        return run.attempt()
