import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from typing import Any

from lvm.base_snapshot import BaseSnapshot, base_file, drop_base_snapshot, find_base_mismatch, read_base_snapshot, write_base_snapshot
from repository.manifest import Segment
from tests.samples import GIB, logical_volume, manifest, recovery_point, sha, thin_pool

URL = "s3:https://s3.example.com/bucket/volumes/v"
POOL = thin_pool()
SNAPSHOT = logical_volume(name="pulumi-lvm-backup-1", uuid="uuid-snapshot", thin_id=9, tags=())
BASE = BaseSnapshot(URL, "uuid-data", "uuid-snapshot", 9, "uuid-pool", POOL.chunk_bytes, 70 * POOL.chunk_bytes, manifest({0: Segment(1, sha("a"))}))
LINEAR = replace(BASE, snapshot_uuid="", thin_id=0, pool_uuid="", chunk_bytes=0, mapped_bytes=None)


class Record(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_it_comes_back_as_it_was_written(self) -> None:
        for base in (BASE, LINEAR):
            write_base_snapshot(self.folder, base)
            self.assertEqual(read_base_snapshot(self.folder), base)

    def test_one_from_the_time_before_its_mapped_bytes_were_noted_is_a_base(self) -> None:
        write_base_snapshot(self.folder, BASE)
        file = base_file(self.folder)
        file.write_text(file.read_text().replace(f'"mapped_bytes": {BASE.mapped_bytes}, ', ""))
        self.assertEqual(read_base_snapshot(self.folder), replace(BASE, mapped_bytes=None))

    def test_it_is_gone_once_it_was_dropped(self) -> None:
        write_base_snapshot(self.folder, BASE)
        drop_base_snapshot(self.folder)
        drop_base_snapshot(self.folder)
        self.assertIsNone(read_base_snapshot(self.folder))

    def test_one_that_does_not_fit_is_none(self) -> None:
        write_base_snapshot(self.folder, BASE)
        whole = base_file(self.folder).read_text()
        for name, text in (("cut", whole[:100]), ("changed", whole.replace(sha("a"), sha("b"))), ("of another kind", "[]"), ("empty", "{}")):
            with self.subTest(name):
                base_file(self.folder).write_text(text)
                self.assertIsNone(read_base_snapshot(self.folder))


class Mismatch(unittest.TestCase):
    """Why a base cannot be used."""

    def find(self, base: BaseSnapshot | None = BASE, **changes: Any) -> str | None:
        facts: dict[str, Any] = {
            "folder": Path("/nonexistent"), "repository": URL, "points": [recovery_point("point-1")], "volume": logical_volume(), "pool": POOL,
            "volumes": [logical_volume(), SNAPSHOT, POOL], **changes,
        }  # fmt: skip
        return find_base_mismatch(base, **facts)

    def test_a_base_as_it_was_left_can_be_used(self) -> None:
        self.assertIsNone(self.find())
        self.assertIsNone(self.find(LINEAR, pool=None))

    def test_one_of_a_volume_that_grew_can_be_used(self) -> None:
        self.assertIsNone(self.find(volume=logical_volume(size_bytes=2 * GIB)))

    def test_a_first_backup_has_none(self) -> None:
        self.assertEqual(self.find(None), "there is no base yet")

    def test_a_record_that_is_there_and_cannot_be_read_is_told_apart(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            base_file(Path(folder)).write_text("{")
            self.assertEqual(self.find(None, folder=Path(folder)), "the record of the base cannot be read")

    def test_everything_that_changed_behind_its_back_is_a_reason(self) -> None:
        other: dict[str, tuple[str, dict[str, Any]]] = {
            "another repository": ("another repository", {"repository": "s3:https://other"}),
            "a point that the repository lost": ("has lost recovery point point-1", {"points": [recovery_point("point-2")]}),
            "another logical volume": ("another logical volume", {"volume": logical_volume(uuid="uuid-copy")}),
            "a smaller volume": ("smaller", {"volume": logical_volume(size_bytes=GIB // 2)}),
            "a snapshot that is gone": ("is gone", {"volumes": [logical_volume(), POOL]}),
            "a snapshot that was adopted": ("volume of its own", {"volumes": [replace(SNAPSHOT, tags=("pulumi-lvm.id=other",)), POOL]}),
            "a snapshot with another thin id": ("another one", {"volumes": [replace(SNAPSHOT, thin_id=10)]}),
            "a snapshot in another pool": ("another one", {"volumes": [replace(SNAPSHOT, pool_uuid="uuid-other")]}),
            "a pool that was made anew": ("another one", {"pool": thin_pool(uuid="uuid-other")}),
            "another chunk size": ("chunk size", {"pool": thin_pool(chunk_bytes=128 << 10)}),
            "a volume that is linear now": ("not thin any more", {"pool": None}),
        }
        for name, (expected, changes) in other.items():
            with self.subTest(name):
                self.assertIn(expected, self.find(BASE, **changes) or "")

    def test_a_linear_base_of_a_volume_that_is_thin_now_cannot_be_used(self) -> None:
        self.assertEqual(self.find(LINEAR), "the base snapshot is gone")
