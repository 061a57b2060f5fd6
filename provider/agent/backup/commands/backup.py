"""The command "backup": a new recovery point, for the price of what changed."""

import json
import math
import random
import time
import uuid
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from lvm import logical_volume
from runtime import status
from lvm.base import Base, drop_base, find_doubt, read_base, write_base
from runtime.failure import Failure, failure_of
from runtime.lease import lease
from lvm.logical_volume import LogicalVolume
from repository.manifest import Manifest, Segment
from segments.mounted_view import mounted
from runtime.progress import Progress
from scheduling.quiescence import Quiescence, quiescence
from segments.read_view import ReadView
from repository.recovery_point import MANIFEST_FILE, Contents, data_tags, manifest_tags, read_contents
from repository.repository import Repository
from runtime.request import Request, flag_of, object_of, optional_text, text_of, volume_id, whole_of
from segments.segment import SEGMENT_BYTES, HashTable, hash_of_zeros, hash_segments, segment_count, segment_length, segments_of
from runtime.state_files import state_folder, write_file
from repository.store import IDENTITY_FILE, Store
from runtime.sweep import forget_unfinished, mark_run, remove_with_origin, sweep_snapshots, unmark_run, was_cut
from lvm.thin_metadata import read_delta, read_mapping
from scheduling.wall_clock import fixed_zone, wall_clock


@dataclass(frozen=True)
class _Scan:
    """numbers: present segments, each with the backup that last saw it change. hashes: of those that were read already."""

    numbers: dict[int, int]
    hashes: dict[int, str]
    bytes_read: int


class _Run:
    def __init__(self, request: Request, progress: Progress, hooks: Quiescence | None) -> None:
        """hooks: for what the hooks around the snapshot come to; None for none of them."""
        identity = object_of(request.fields, "identity")
        self.volume = volume_id(request.fields)
        self.target = request.target
        self.name, self.stack, self.host = (text_of(identity, key) for key in ("name", "stack", "host"))
        self.is_quiesced = flag_of(request.fields, "quiesced")
        self.samples = whole_of(request.fields, "sampleSegments", 4)
        self.snapshot_percent = whole_of(request.fields, "snapshotPercent", 20, 100)
        self.full_percent = whole_of(request.fields, "poolFullPercent", 95, 100)
        self.hooks = hooks
        self.time_zone = optional_text(request.fields, "timeZone") or "UTC"
        self.request = request
        self.progress = progress
        self.folder: Path = state_folder(self.volume, self.target)
        self.repository = Repository(request.access(), request.limits, self.folder / "cache")

    def attempt(self) -> dict[str, Any]:
        started = time.monotonic()
        self.progress.report("prepare")
        is_after_cut = was_cut(self.folder)
        volumes = logical_volume.look()
        if sweep_snapshots(volumes, self.volume, self.target, self.folder):
            volumes = logical_volume.look()
        volume = logical_volume.find_volume(volumes, self.volume)
        pool = self._pool(volume, volumes)
        contents = self._contents(is_after_cut)
        self._identify()
        mark_run(self.folder)
        base = read_base(self.folder)
        doubt = find_doubt(base, self.folder, self.repository.access.url, contents.points, volume, pool, volumes)
        if doubt is not None:
            base = None
        cow_extents = self._room(volume, pool)
        old = logical_volume.find_uuid(volumes, base.snapshot_uuid) if base is not None else None
        snapshot, taken = self._take_snapshot(volume, cow_extents)
        is_kept = False
        try:
            foreign = pool is not None and logical_volume.has_foreign_origin(volumes, volume)
            scan = self._scan(base, old, snapshot, pool, foreign, contents.next_number)
            manifest, bytes_read, bytes_sent = self._send(base, scan, snapshot, contents, taken)
            bytes_sampled = self._sample(scan, manifest, snapshot)
            if cow_extents is not None:
                self._refuse_overflow(snapshot)
            self.progress.report("manifest")
            self._save(manifest)
            if pool is not None:
                logical_volume.deactivate(snapshot)
            # The point is whole. Now the base moves on: the record first, and then what it does not name any more goes.
            is_kept = pool is not None
            write_base(
                self.folder,
                Base(
                    repository=self.repository.access.url,
                    origin_uuid=volume.uuid,
                    snapshot_uuid=snapshot.uuid if pool is not None else "",
                    thin_id=snapshot.thin_id if pool is not None else 0,
                    pool_uuid=pool.uuid if pool is not None else "",
                    chunk_bytes=pool.chunk_bytes if pool is not None else 0,
                    manifest=manifest,
                ),
            )
        except (Failure, OSError):
            # Reading a snapshot that overflowed is an I/O error like any other.
            if cow_extents is not None:
                self._refuse_overflow(snapshot)
            raise
        finally:
            if not is_kept:
                remove_with_origin(snapshot, None if pool is not None or volume.is_active else volume)
        self._remove_old(volumes, snapshot)
        unmark_run(self.folder)
        changed = sum(1 for number in scan.numbers.values() if number == manifest.number)
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
            "changedSegments": changed,
            "durationSeconds": round(time.monotonic() - started, 3),
            **({"full": doubt} if doubt is not None else {}),
        }

    def _pool(self, volume: LogicalVolume, volumes: list[LogicalVolume]) -> LogicalVolume | None:
        if volume.pool == "":
            return None
        return next(each for each in volumes if each.uuid == volume.pool_uuid)

    def _contents(self, is_after_cut: bool) -> Contents:
        """What the repository has; makes it on the first backup, and tidies up after dead runs."""
        self.repository.check_reachable()
        try:
            if is_after_cut:
                self.repository.unlock()
            contents = read_contents(self.repository.snapshots())
        except Failure as failure:
            if failure.code != "absent":
                raise
            self.repository.initialise()
            return Contents([], [], 1)
        forget_unfinished(self.repository, contents.unfinished)
        return contents

    def _identify(self) -> None:
        """Says in clear, beside the repository, whose it is: whoever has lost the stack's state finds it by that."""
        if not self.repository.access.url.startswith("s3:"):
            return
        text = json.dumps({"volume": self.volume, "name": self.name, "stack": self.stack, "host": self.host}, indent=2) + "\n"
        said = self.folder / IDENTITY_FILE
        if said.exists() and said.read_text() == f"{self.repository.access.url}\n{text}":
            return
        Store(self.repository.access).put(IDENTITY_FILE, text)
        write_file(said, f"{self.repository.access.url}\n{text}")

    def _room(self, volume: LogicalVolume, pool: LogicalVolume | None) -> int | None:
        """Extents for a classic snapshot, None for a thin one. Raises Failure "full" when there is no room for either."""
        if pool is None:
            extents = max(1, math.ceil(volume.size_bytes * self.snapshot_percent / 100 / volume.extent_bytes))
            if extents * volume.extent_bytes <= volume.group_free_bytes:
                return extents
            raise Failure(
                "full",
                f'Cannot take a snapshot of "{volume.path}"',
                f'volume group "{volume.group}" has {volume.group_free_bytes} bytes free, and the snapshot takes {extents * volume.extent_bytes}',
                "Add a disk to the VolumeGroup, or set a smaller snapshotPercent",
            )
        logical_volume.refuse_full_pool(pool, self.full_percent, f'Cannot take a snapshot of "{volume.path}"')
        return None

    def _take_snapshot(self, volume: LogicalVolume, cow_extents: int | None) -> tuple[LogicalVolume, str]:
        """The snapshot and when it was taken. The hooks enclose as little as can be: a guest may be frozen between them."""
        try:
            with quiescence(self.request, self.hooks) if self.hooks is not None else nullcontext():
                name = logical_volume.make_snapshot(volume, self.volume, self.target, cow_extents)
                taken = status.now()
            self.is_quiesced = self.is_quiesced or (self.hooks is not None and self.hooks.is_quiesced)
            return logical_volume.open_snapshot(volume.group, name), taken
        except BaseException:
            try:
                sweep_snapshots(logical_volume.look(), self.volume, self.target, self.folder)
            except Failure:
                pass  # the next run does it
            raise

    def _scan(
        self,
        base: Base | None,
        old: LogicalVolume | None,
        now: LogicalVolume,
        pool: LogicalVolume | None,
        has_foreign_origin: bool,
        number: int,
    ) -> _Scan:
        self.progress.report("compare")
        if pool is None or has_foreign_origin:
            return self._scan_all(base, now, number)
        if base is None or old is None:
            mapping = read_mapping(pool, now)
            return _Scan({index: number for index in segments_of(mapping.mapped, now.size_bytes)}, {}, 0)
        mapping = read_delta(pool, old, now)
        changed = segments_of(mapping.changed, now.size_bytes)
        before = base.manifest
        if before.size_bytes != now.size_bytes:
            # The last segment of the base may have been a shorter one.
            changed.add((before.size_bytes - 1) // SEGMENT_BYTES)
        present = segments_of(mapping.mapped, now.size_bytes)
        numbers = {
            index: number if index in changed or index not in before.segments else before.segments[index].number for index in present
        }
        return _Scan(numbers, {}, 0)

    def _scan_all(self, base: Base | None, now: LogicalVolume, number: int) -> _Scan:
        """Reads the whole device: nothing else tells what changed. Segments of zeros are left out."""
        before = base.manifest.segments if base is not None else {}
        old_size = base.manifest.size_bytes if base is not None else 0
        numbers: dict[int, int] = {}
        hashes: dict[int, str] = {}
        for index, sha256 in hash_segments(now.device, range(segment_count(now.size_bytes)), now.size_bytes):
            self.progress.report("compare", index * SEGMENT_BYTES, now.size_bytes)
            length = segment_length(index, now.size_bytes)
            if sha256 == hash_of_zeros(length):
                continue
            known = before.get(index)
            is_same = known is not None and known.sha256 == sha256 and segment_length(index, old_size) == length
            numbers[index] = known.number if known is not None and is_same else number
            hashes[index] = sha256
        return _Scan(numbers, hashes, now.size_bytes)

    def _send(self, base: Base | None, scan: _Scan, now: LogicalVolume, contents: Contents, taken: str) -> tuple[Manifest, int, int]:
        """Lets restic read the view. Returns the manifest of what it read, the bytes read from the device and those added to the repository."""
        number = contents.next_number
        table = HashTable(segment_count(now.size_bytes))
        draft = Manifest(
            str(uuid.uuid4()), self.volume, self.name, self.stack, self.host, self.target, number, taken, now.size_bytes, self.is_quiesced, {}
        )
        parent = ["--force"]
        if base is not None:
            parent = ["--parent", next(each.data for each in contents.points if each.id == base.manifest.point)]
        total = sum(segment_length(index, now.size_bytes) for index, each in scan.numbers.items() if each == number)

        def view(descriptor: int) -> ReadView:
            return ReadView(descriptor, now.size_bytes, scan.numbers, number, table)

        self.progress.report("send", 0, total)
        with mounted(view, now.device, is_writable=False) as folder:
            sent = self.repository.unlocking(
                lambda: str(self._backup_view(folder, parent, draft, lambda: self.progress.report("send", table.counted, total)))
            )
        segments = {index: Segment(each, self._hash(index, each, number, base, scan, table)) for index, each in sorted(scan.numbers.items())}
        return replace(draft, segments=segments), scan.bytes_read + table.counted, int(sent)

    def _backup_view(self, folder: Path, parent: list[str], draft: Manifest, tick: Callable[[], None]) -> int:
        """Returns the bytes that restic added to the repository, before it compressed and encrypted them."""
        moment = wall_clock(draft.time, self.time_zone)
        arguments = ["backup", "--json", "--ignore-inode", "--ignore-ctime", *parent, "--host", self.host, "--time", _restic_time(moment)]
        for each in data_tags(draft):
            arguments += ["--tag", each]
        added: int | None = None
        with fixed_zone(moment) as zone, self.repository.started(*arguments, ".", cwd=folder, time_zone=zone) as stdout:
            for line in stdout:
                tick()
                if b'"summary"' in line:
                    added = int(json.loads(line)["data_added"])
        if added is None:
            raise Failure("restic", "Cannot tell what restic did", "it ended well and printed no summary", "Use restic 0.14 or newer")
        return added

    def _hash(self, index: int, seen: int, number: int, base: Base | None, scan: _Scan, table: HashTable) -> str:
        """The hash of a segment: of what restic read, or of what the base has of one that it did not read."""
        read = table.get(index)
        if seen == number:
            if read is None:
                raise Failure("restic", "Cannot trust this backup", f"restic did not read segment {index}, which changed", "Run it again")
            return read
        assert base is not None
        known = base.manifest.segments[index].sha256
        for found in (read, scan.hashes.get(index)):
            if found is not None and found != known:
                raise self._missed(index, found, known)
        return known

    def _missed(self, index: int, found: str, known: str) -> Failure:
        """The delta says "unchanged" of what did change: nothing that it said is to be trusted, so the next run reads all."""
        drop_base(self.folder)
        return Failure(
            "delta",
            "Cannot trust this backup",
            f"segment {index} of the volume has SHA-256 {found}, and by the pool's metadata it still is what the last backup saw, {known}",
            "Run it again: the next backup reads the whole volume. Check the pool's disks if it comes back",
        )

    def _sample(self, scan: _Scan, manifest: Manifest, now: LogicalVolume) -> int:
        """Reads a few random unchanged segments again and compares. Returns the bytes read."""
        self.progress.report("sample")
        unchanged = [index for index, number in scan.numbers.items() if number != manifest.number and index not in scan.hashes]
        chosen = random.SystemRandom().sample(unchanged, min(self.samples, len(unchanged)))
        for index, found in hash_segments(now.device, sorted(chosen), now.size_bytes):
            if found != manifest.segments[index].sha256:
                raise self._missed(index, found, manifest.segments[index].sha256)
        return sum(segment_length(index, now.size_bytes) for index in chosen)

    def _refuse_overflow(self, snapshot: LogicalVolume) -> None:
        found = logical_volume.find_uuid(logical_volume.look(), snapshot.uuid)
        if found is not None and not found.is_invalid_snapshot and found.snapshot_percent < 100:
            return
        raise Failure(
            "overflow",
            f'Cannot back up "{snapshot.group}/{snapshot.origin}"',
            f"more was written to it meanwhile than its snapshot has room for ({self.snapshot_percent} % of its size)",
            "Set a larger snapshotPercent, or back it up when less is written; volumes in a thin pool have no such limit",
        )

    def _save(self, manifest: Manifest) -> None:
        """Stores the manifest: from here on the recovery point exists."""
        arguments = ["backup", "--json", "--stdin", "--stdin-filename", MANIFEST_FILE, "--force"]
        moment = wall_clock(manifest.time, self.time_zone)
        arguments += ["--host", self.host, "--time", _restic_time(moment)]
        for each in manifest_tags(manifest):
            arguments += ["--tag", each]
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self.folder / "manifest.new"
        fresh.write_text(manifest.as_text(), encoding="utf-8")
        try:
            with fresh.open("rb") as stdin, fixed_zone(moment) as zone, self.repository.started(*arguments, stdin=stdin, time_zone=zone):
                pass
        finally:
            fresh.unlink()

    def _remove_old(self, volumes: list[LogicalVolume], kept: LogicalVolume) -> None:
        """Removes the former base. Should that fail, the next run's sweep does it: the recovery point is whole."""
        for each in logical_volume.backup_snapshots(volumes, self.volume, self.target):
            if each.uuid != kept.uuid:
                try:
                    logical_volume.remove_snapshot(each)
                except Failure:
                    pass


def _restic_time(moment: datetime) -> str:
    """The form that restic takes; it reads it in the time zone of its environment."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def make_point(request: Request, progress: Progress, hooks: Quiescence | None) -> dict[str, Any]:
    """Makes a recovery point. hooks: gets what the hooks around the snapshot come to; None to call none."""
    run = _Run(request, progress, hooks)
    with lease(f"backup-{run.volume}", f"a backup of volume {run.volume}", request.limits.wait_seconds):
        return run.attempt()


def back_up(request: Request, progress: Progress) -> dict[str, Any]:
    """Makes a recovery point without a schedule, and records how that went."""
    run = _Run(request, progress, None)
    with lease(f"backup-{run.volume}", f"a backup of volume {run.volume}", request.limits.wait_seconds):
        started = time.monotonic()
        identity = {"name": run.name, "stack": run.stack, "host": run.host}

        def attempt(**more: Any) -> dict[str, Any]:
            return {"time": status.now(), "durationSeconds": round(time.monotonic() - started, 3), **more}

        try:
            outcome = run.attempt()
        except BaseException as error:
            failure = failure_of(error).mapped(request.redact).as_json()
            status.record(run.volume, run.target, {**identity, "lastAttempt": attempt(isSuccess=False, failure=failure)})
            raise
        status.record(run.volume, run.target, {**identity, "lastAttempt": attempt(isSuccess=True), "lastSuccess": outcome})
        return outcome
