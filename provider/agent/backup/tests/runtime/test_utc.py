import re
import unittest

from runtime import utc


class Times(unittest.TestCase):
    def test_they_are_whole_seconds_in_utc_there_and_back(self) -> None:
        for unix, iso in ((0, "1970-01-01T00:00:00Z"), (1772366400, "2026-03-01T12:00:00Z"), (2**32, "2106-02-07T06:28:16Z")):
            self.assertEqual((utc.iso(unix), utc.unix(iso)), (iso, unix))
        self.assertEqual(utc.iso(1772366400.9), "2026-03-01T12:00:00Z")

    def test_now_has_that_form(self) -> None:
        self.assertRegex(utc.now(), re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"))

    def test_any_other_form_is_refused(self) -> None:
        for text in ("", "2026-03-01", "2026-03-01T12:00:00", "2026-03-01T12:00:00.5Z", "2026-03-01T12:00:00+01:00", "2026-02-30T12:00:00Z"):
            with self.subTest(text), self.assertRaises(ValueError):
                utc.unix(text)
