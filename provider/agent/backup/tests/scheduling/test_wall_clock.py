import io
import unittest
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from scheduling.wall_clock import wall_clock, zone_file


class WallClock(unittest.TestCase):
    def shown(self, iso: str, zone: str) -> str:
        return wall_clock(iso, zone).isoformat()

    def test_a_moment_is_shown_by_the_clock_of_its_zone(self) -> None:
        self.assertEqual(self.shown("2026-01-15T23:30:00Z", "Europe/Berlin"), "2026-01-16T00:30:00+01:00")
        self.assertEqual(self.shown("2026-07-15T23:30:00Z", "Europe/Berlin"), "2026-07-16T01:30:00+02:00")
        self.assertEqual(self.shown("2026-01-15T23:30:00Z", "Asia/Kathmandu"), "2026-01-16T05:15:00+05:45")
        self.assertEqual(self.shown("2026-01-15T03:30:00Z", "America/New_York"), "2026-01-14T22:30:00-05:00")

    def test_the_hour_that_comes_twice_has_both_offsets(self) -> None:
        self.assertEqual(self.shown("2026-10-25T00:30:00Z", "Europe/Berlin"), "2026-10-25T02:30:00+02:00")
        self.assertEqual(self.shown("2026-10-25T01:30:00Z", "Europe/Berlin"), "2026-10-25T02:30:00+01:00")

    def test_a_zone_that_this_host_does_not_know_is_utc(self) -> None:
        for zone in ("Mars/Olympus", "../../etc/passwd", "/etc/localtime", "", "a\0b"):
            with self.subTest(zone):
                self.assertEqual(self.shown("2026-01-15T23:30:00Z", zone), "2026-01-15T23:30:00+00:00")


class ZoneFile(unittest.TestCase):
    def test_every_moment_has_the_one_offset_as_others_read_the_file(self) -> None:
        for offset in (timedelta(), timedelta(hours=2), timedelta(hours=5, minutes=45), timedelta(hours=-5)):
            zone = ZoneInfo.from_file(io.BytesIO(zone_file(offset)))
            for moment in (datetime(1990, 1, 1), datetime(2026, 7, 1), datetime(2060, 12, 31)):
                self.assertEqual(moment.replace(tzinfo=timezone.utc).astimezone(zone).utcoffset(), offset)
