import unittest
from typing import Any

from commands.show_status import parse_timers
from lvm.pool_samples import used_bytes
from repository.data_read import read_data_read
from repository.recovery_point import RecoveryPoint
from runtime.status import metrics_of
from scheduling.run_mark import KINDS
from tests.samples import VOLUME_ID, thin_pool
from tests.vectors import read_vectors

STATUS: dict[str, Any] = read_vectors("status")
LABELS = f'{{volume="{VOLUME_ID}",target="offsite",name="fast/data",stack="organization/project/dev"}}'


class Metrics(unittest.TestCase):
    def setUp(self) -> None:
        self.lines = [line for line in metrics_of(STATUS["backups"][0]).splitlines() if not line.startswith("#")]

    def value(self, name: str) -> float | None:
        found = [line for line in self.lines if line.startswith(f"pulumi_lvm_backup_{name}{{")]
        return float(found[0].removeprefix(f"pulumi_lvm_backup_{name}{LABELS} ")) if found else None

    def test_times_are_unix_time_and_outcomes_are_0_or_1(self) -> None:
        self.assertEqual(self.value("last_attempt_timestamp_seconds"), 1772368200)
        self.assertEqual(self.value("last_attempt_success"), 0)
        self.assertEqual(self.value("last_verification_success"), 1)

    def test_lists_are_counted(self) -> None:
        self.assertEqual((self.value("last_attempt_warnings"), self.value("last_retention_removed_points")), (1, 2))

    def test_what_never_happened_has_no_metric(self) -> None:
        self.assertIsNone(self.value("last_prune_timestamp_seconds"))
        self.assertEqual(metrics_of({"volume": "v"}), "")

    def test_large_numbers_are_whole(self) -> None:
        self.assertIn(f"pulumi_lvm_backup_volume_bytes{LABELS} 1099511627776", self.lines)

    def test_each_has_help_and_a_type(self) -> None:
        text = metrics_of(STATUS["backups"][0])
        self.assertEqual(text.count("# HELP "), len(self.lines))
        self.assertEqual(text.count("# TYPE "), len(self.lines))

    def test_names_are_escaped_as_the_text_format_asks(self) -> None:
        text = metrics_of({"name": 'a"b\\c\nd', "policy": {"maxAgeSeconds": 1}})
        self.assertIn('name="a\\"b\\\\c\\nd"', text)


class Members(unittest.TestCase):
    """What the provider reads of a status, as this program writes it; a test of the provider reads the same file."""

    def test_a_recovery_point_has_the_members_that_the_provider_reads(self) -> None:
        expected: dict[str, Any] = read_vectors("recovery-point")
        point = RecoveryPoint(
            id=expected["id"], volume_id=expected["volume"], target=expected["target"], name=expected["name"], stack=expected["stack"],
            host=expected["host"], number=expected["number"], time=expected["time"], size_bytes=expected["sizeBytes"], digest=expected["digest"],
            is_quiesced=expected["quiesced"], verified=expected["verified"], data="d", manifest="m",
        )  # fmt: skip
        self.assertEqual(point.as_json(), expected)

    def test_the_rolling_check_goes_on_from_its_record(self) -> None:
        record = read_data_read(STATUS["backups"][0]["dataRead"])
        assert record is not None
        self.assertEqual(record.as_json(), STATUS["backups"][0]["dataRead"])

    def test_timers_are_as_systemd_shows_them(self) -> None:
        shown = (
            "Id=pulumi-lvm-backup@0b8d5c7e-91f2-4a36-8c1d-5e6f7a8b9c0d.timer\nActiveState=active\nUnitFileState=enabled\n"
            "NextElapseUSecRealtime=Mon 2026-03-02 00:00:00 UTC\n\n"
            "NextElapseUSecRealtime=\nId=pulumi-lvm-drill@0b8d5c7e-91f2-4a36-8c1d-5e6f7a8b9c0d.timer\nActiveState=inactive\nUnitFileState=disabled\n"
        )
        self.assertEqual(list(parse_timers(shown).values()), STATUS["schedules"][0]["timers"])
        self.assertEqual(parse_timers(""), {})

    def test_a_pool_has_the_bytes_that_are_used(self) -> None:
        pool = STATUS["pools"][0]
        self.assertEqual(used_bytes(thin_pool(size_bytes=pool["sizeBytes"], data_percent=25.0)), pool["usedBytes"])


class Kinds(unittest.TestCase):
    def test_they_are_those_of_the_provider(self) -> None:
        self.assertEqual(list(KINDS), read_vectors("run-kinds"))
