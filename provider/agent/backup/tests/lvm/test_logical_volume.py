import json
import unittest

from lvm.logical_volume import backup_snapshots, find_volume, has_foreign_origin, parse_report, refuse_full_pool
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
