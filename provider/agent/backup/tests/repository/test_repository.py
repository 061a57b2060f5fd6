import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path

from repository.point_writer import labels_of
from repository.repository import address_of
from repository.restic_options import global_options, restic_environment
from repository.verification_mark import mark_options
from runtime.request import Limits
from tests.samples import PASSWORD, SECRET_KEY, manifest, request_of


class Calls(unittest.TestCase):
    def test_secrets_are_in_the_environment_and_what_is_not_given_is_not_there(self) -> None:
        environment = restic_environment(request_of().access())
        self.assertEqual((environment["RESTIC_PASSWORD"], environment["AWS_SECRET_ACCESS_KEY"]), (PASSWORD, SECRET_KEY))
        self.assertNotIn("AWS_DEFAULT_REGION", environment)

    def test_the_environment_has_nothing_of_the_callers_own(self) -> None:
        allowed = {"PATH", "HOME", "TZ", "LC_ALL", "LVM_SUPPRESS_FD_WARNINGS"}
        names = set(restic_environment(request_of().access()))
        self.assertEqual({each for each in names if not each.startswith(("RESTIC_", "AWS_"))}, allowed)

    def test_limits_are_options(self) -> None:
        self.assertEqual(global_options(Limits(), None), ["--no-cache"])
        limited = global_options(Limits(upload_kib_per_second=10, download_kib_per_second=20), Path("/var/cache"))
        self.assertEqual(limited, ["--cache-dir", "/var/cache", "--limit-upload", "10", "--limit-download", "20"])

    def test_a_store_is_found_as_restic_finds_it(self) -> None:
        for url, address in (
            ("s3:https://s3.example.com/bucket", ("s3.example.com", 443)),
            ("s3:https://s3.example.com:9000/bucket", ("s3.example.com", 9000)),
            ("s3:http://10.0.0.1/bucket", ("10.0.0.1", 80)),
            ("s3:https://[2001:db8::1]:9000/bucket", ("2001:db8::1", 9000)),
            ("s3:s3.example.com/bucket", ("s3.example.com", 443)),
        ):
            with self.subTest(url):
                self.assertEqual(address_of(url), address)


class Labels(unittest.TestCase):
    def test_a_snapshot_is_stored_by_the_clock_of_its_zone(self) -> None:
        moment = datetime(2026, 3, 1, 13, 0, 5, tzinfo=timezone(timedelta(hours=1)))
        options = labels_of(manifest({}), moment, ["kind=data", "number=1"])
        self.assertEqual(options, ["--host", "db1", "--time", "2026-03-01 13:00:05", "--tag", "kind=data", "--tag", "number=1"])


class Marks(unittest.TestCase):
    def test_a_new_mark_takes_the_place_of_the_former(self) -> None:
        self.assertEqual(mark_options(None, "b"), ["--add", "verified=b"])
        self.assertEqual(mark_options("a", "b"), ["--add", "verified=b", "--remove", "verified=a"])

    def test_without_one_the_former_goes(self) -> None:
        self.assertEqual(mark_options("a", None), ["--remove", "verified=a"])

    def test_restic_is_not_called_for_nothing(self) -> None:
        self.assertEqual((mark_options(None, None), mark_options("a", "a")), ([], []))
