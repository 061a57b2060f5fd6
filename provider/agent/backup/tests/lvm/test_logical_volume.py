import json
import unittest
from pathlib import Path
from unittest import mock

from lvm.logical_volume import (
    LogicalVolume,
    backup_snapshots,
    find_volume,
    has_foreign_origin,
    parse_report,
    refuse_full_pool,
    remove_own,
)
from lvm.scratch_volume import sweep_scratch_volumes
from lvm.sweep import sweep_snapshots
from runtime.failure import Failure
from tests.samples import VOLUME_ID, logical_volume, thin_pool

# As lvs of 2.03.16 prints it, by `--units b --nosuffix --reportformat json`.
ROW = {
    "vg_name": "fast", "vg_free": "2143289344", "vg_extent_size": "4194304", "lv_name": "data", "lv_uuid": "h3Xq0G-1",
    "lv_size": "1073741824", "lv_active": "active", "lv_device_open": "", "pool_lv": "pool", "pool_lv_uuid": "p-1", "origin": "",
    "thin_id": "3", "chunk_size": "0", "lv_metadata_size": "", "data_percent": "12.50", "metadata_percent": "", "snap_percent": "",
    "lv_snapshot_invalid": "", "lv_health_status": "", "lv_tags": f"pulumi-lvm.id={VOLUME_ID},pulumi-lvm.owner=a#20b",
}  # fmt: skip


class Report(unittest.TestCase):
    def read(self, **changes: str):
        [found] = parse_report(json.dumps({"report": [{"lv": [{**ROW, **changes}]}]}))
        return found

    def test_what_does_not_apply_is_nothing(self) -> None:
        found = self.read()
        self.assertEqual((found.metadata_bytes, found.metadata_percent, found.origin, found.is_open), (0, 0, "", False))

    def test_sizes_are_bytes_and_shares_are_percent(self) -> None:
        found = self.read()
        self.assertEqual((found.size_bytes, found.extent_bytes, found.data_percent, found.thin_id), (1 << 30, 4 << 20, 12.5, 3))

    def test_tags_are_decoded_when_they_are_asked_for(self) -> None:
        found = self.read()
        self.assertEqual((found.tag_value("pulumi-lvm.id"), found.tag_value("pulumi-lvm.owner")), (VOLUME_ID, "a b"))
        self.assertEqual(self.read(lv_tags="").tags, ())

    def test_states_are_told_by_their_words(self) -> None:
        self.assertTrue(self.read(lv_device_open="open").is_open)
        self.assertFalse(self.read(lv_active="").is_active)
        self.assertTrue(self.read(lv_snapshot_invalid="snapshot invalid").is_invalid_snapshot)

    def test_a_host_without_volumes_has_none(self) -> None:
        self.assertEqual(parse_report('{"report": [{"lv": []}]}'), [])


class FindVolume(unittest.TestCase):
    def code(self, *volumes: object) -> str:
        with self.assertRaises(Failure) as caught:
            find_volume(volumes, VOLUME_ID)  # pyright: ignore[reportArgumentType]
        return caught.exception.code

    def test_it_is_found_by_its_id_whatever_its_name(self) -> None:
        renamed = logical_volume(name="other")
        self.assertIs(find_volume([thin_pool(), renamed], VOLUME_ID), renamed)

    def test_a_volume_that_is_growing_is_backed_up(self) -> None:
        growing = logical_volume(tags=(f"pulumi-lvm.id={VOLUME_ID}", "pulumi-lvm.pending=grow"))
        self.assertIs(find_volume([growing], VOLUME_ID), growing)

    def test_each_state_that_cannot_be_backed_up_has_its_code(self) -> None:
        id = f"pulumi-lvm.id={VOLUME_ID}"
        self.assertEqual(self.code(thin_pool()), "gone")
        self.assertEqual(self.code(logical_volume(), logical_volume(name="copy")), "ambiguous")
        self.assertEqual(self.code(logical_volume(tags=(id, "pulumi-lvm.reap-after=1"))), "deleted")
        self.assertEqual(self.code(logical_volume(tags=(id, "pulumi-lvm.pending=restore"))), "unfinished")


class Snapshots(unittest.TestCase):
    def test_those_of_a_volume_are_found_by_their_tags_of_one_target_or_of_all(self) -> None:
        tags = (f"pulumi-lvm.backup-of={VOLUME_ID}", "pulumi-lvm.backup-target=offsite")
        mine, elsewhere = logical_volume(name="a", tags=tags), logical_volume(name="b", tags=(tags[0], "pulumi-lvm.backup-target=near"))
        other = logical_volume(name="pulumi-lvm-backup-1", tags=("pulumi-lvm.backup-of=other",))
        everything = [logical_volume(), mine, elsewhere, other]
        self.assertEqual(backup_snapshots(everything, VOLUME_ID, "offsite"), [mine])
        self.assertEqual(backup_snapshots(everything, VOLUME_ID), [mine, elsewhere])


class Removal(unittest.TestCase):
    """What a backup made is removed by the tags that it carries at that moment."""

    OWN = (f"pulumi-lvm.backup-of={VOLUME_ID}", "pulumi-lvm.backup-target=offsite", f"pulumi-lvm.drill-of={VOLUME_ID}")
    # A Snapshot has an owner, and no id.
    KEPT = ("pulumi-lvm.id=another", "pulumi-lvm.owner=a#20b", "pulumi-lvm.attachment=c")

    def remove(self, now: list[LogicalVolume]) -> list[str]:
        """The logical volumes that are removed, when `now` is what the host has."""
        before = logical_volume(name="snapshot", uuid="uuid-1", tags=self.OWN)
        with mock.patch("lvm.logical_volume.look", return_value=now), mock.patch("lvm.logical_volume.run") as run:
            remove_own(before)
        return [each.args[-1] for each in run.call_args_list]

    def test_a_snapshot_goes_under_the_name_that_it_has_now(self) -> None:
        self.assertEqual(self.remove([logical_volume(name="renamed", uuid="uuid-1", tags=self.OWN)]), ["fast/renamed"])

    def test_what_is_gone_is_not_removed_by_its_name(self) -> None:
        self.assertEqual(self.remove([logical_volume(name="snapshot", uuid="uuid-2", tags=self.OWN)]), [])

    def test_what_became_a_volume_or_is_somebodys_stays(self) -> None:
        for each in self.KEPT:
            with self.subTest(each), self.assertRaises(Failure) as caught:
                self.remove([logical_volume(name="adopted", uuid="uuid-1", tags=(*self.OWN, each))])
            self.assertEqual(caught.exception.code, "device")

    def test_it_is_no_snapshot_of_a_backup_and_nothing_that_a_drill_left(self) -> None:
        for each in self.KEPT:
            adopted = logical_volume(name="adopted", uuid="uuid-1", tags=(*self.OWN, each))
            with self.subTest(each), mock.patch("lvm.scratch_volume.run") as run, mock.patch("lvm.logical_volume.run", run):
                self.assertEqual(backup_snapshots([adopted], VOLUME_ID), [])
                self.assertFalse(sweep_scratch_volumes([adopted], VOLUME_ID))
                run.assert_not_called()

    def test_a_sweep_leaves_it_alone_and_active_also_when_it_is_the_base(self) -> None:
        adopted = logical_volume(name="adopted", uuid="uuid-1", is_active=True, tags=(*self.OWN, self.KEPT[0]))
        base = mock.Mock(snapshot_uuid="uuid-1")
        for found in (None, base):
            with mock.patch("lvm.sweep.read_base_snapshot", return_value=found), mock.patch("lvm.logical_volume.run") as run:
                self.assertFalse(sweep_snapshots([adopted], VOLUME_ID, "offsite", Path("/nonexistent")))
                run.assert_not_called()


class FullPool(unittest.TestCase):
    def refusal(self, **changes: object) -> str:
        with self.assertRaises(Failure) as caught:
            refuse_full_pool(thin_pool(**changes), 95, "Cannot go on")
        self.assertEqual(caught.exception.code, "full")
        return caught.exception.detail

    def test_below_the_limit_it_passes(self) -> None:
        refuse_full_pool(thin_pool(data_percent=94.99, metadata_percent=94.99), 95, "Cannot go on")

    def test_at_the_limit_it_is_refused_for_data_and_for_metadata(self) -> None:
        self.assertIn("its data is 95.00 % full", self.refusal(data_percent=95.0))
        self.assertIn("its metadata is 99.10 % full", self.refusal(metadata_percent=99.1))

    def test_a_pool_that_is_not_well_is_refused_in_lvms_words(self) -> None:
        self.assertIn("LVM says of it: metadata_read_only", self.refusal(health="metadata_read_only"))


class ForeignOrigin(unittest.TestCase):
    def test_an_origin_outside_of_the_pool_is_foreign_also_behind_a_snapshot(self) -> None:
        external = logical_volume(name="image", pool="")
        middle = logical_volume(name="middle", origin="image")
        top = logical_volume(origin="middle")
        self.assertTrue(has_foreign_origin([external, middle, top], top))

    def test_origins_in_the_pool_are_not(self) -> None:
        root, top = logical_volume(name="root"), logical_volume(origin="root")
        namesake = logical_volume(group="slow", name="root", pool="")
        self.assertFalse(has_foreign_origin([namesake, root, top], top))

    def test_a_clone_has_none_also_when_what_it_was_made_of_is_gone(self) -> None:
        volume, snapshot = logical_volume(name="data"), logical_volume(name="before", origin="data", tags=("pulumi-lvm.snapshot-of=1",))
        clone = logical_volume(name="copy", origin="before")
        self.assertFalse(has_foreign_origin([volume, snapshot, clone], clone))
        self.assertFalse(has_foreign_origin([clone], clone))
