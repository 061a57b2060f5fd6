import json
import unittest
from typing import Any

from commands.retention import divide, rules_of
from runtime.failure import Failure
from tests.samples import recovery_point, request_of
from tests.vectors import read_text

RELEASES = ("0.14", "0.16", "0.18")


def rules(**given: Any) -> list[str]:
    return rules_of(request_of(retention=given))


def ids_in(answer: str) -> list[str]:
    """The manifests of a captured answer, the oldest first."""
    [group] = json.loads(answer)
    found: list[dict[str, Any]] = [*group["keep"], *(group["remove"] or [])]
    return [each["id"] for each in sorted(found, key=lambda each: str(each["time"]))]


class Rules(unittest.TestCase):
    def test_each_is_an_option_of_restic_and_0_is_none(self) -> None:
        self.assertEqual(rules(last=3, hourly=0, yearly=2), ["--keep-last", "3", "--keep-yearly", "2"])
        self.assertEqual(rules(), [])
        self.assertEqual(rules_of(request_of()), [])

    def test_a_time_is_rounded_up_to_whole_hours(self) -> None:
        for seconds, hours in ((1, "1h"), (3600, "1h"), (3601, "2h"), (86400 * 365, "8760h")):
            self.assertEqual(rules(withinSeconds=seconds), ["--keep-within", hours])

    def test_what_is_no_whole_number_is_refused(self) -> None:
        for value in (-1, 1.5, "3", True):
            with self.subTest(value), self.assertRaises(Failure):
                rules(last=value)


class Divide(unittest.TestCase):
    def points(self, answer: str, verified: tuple[int, ...] = ()):
        return [
            recovery_point(f"point-{number}", number, manifest=id, verified="2026-03-04T00:00:00Z" if number in verified else None)
            for number, id in enumerate(ids_in(answer), 1)
        ]

    def test_the_answer_of_every_release_is_understood(self) -> None:
        for release in RELEASES:
            with self.subTest(release):
                answer = read_text(f"restic/{release}/forget.json")
                kept, removed = divide(self.points(answer), answer)
                self.assertEqual([each.id for each in removed], ["point-1"])
                self.assertEqual(
                    [(each.id, reasons) for each, reasons in kept],
                    [("point-2", ["last snapshot"]), ("point-3", ["last snapshot", "monthly snapshot", "newest recovery point"])],
                )

    def test_nothing_goes_where_restic_removes_nothing(self) -> None:
        for release in RELEASES:
            with self.subTest(release):
                answer = read_text(f"restic/{release}/forget-nothing.json")
                kept, removed = divide(self.points(answer), answer)
                self.assertEqual((len(kept), removed), (3, []))

    def test_the_newest_verified_point_stays_whatever_the_rules_say(self) -> None:
        answer = read_text("restic/0.14/forget.json")
        kept, removed = divide(self.points(answer, verified=(1,)), answer)
        self.assertEqual(removed, [])
        self.assertEqual(kept[0][1], ["newest verified recovery point"])

    def test_the_newest_point_stays_whatever_the_rules_say(self) -> None:
        points = [recovery_point("one", 1), recovery_point("two", 2)]
        answer = json.dumps([{"keep": None, "reasons": None, "remove": [{"id": each.manifest} for each in points]}])
        kept, removed = divide(points, answer)
        self.assertEqual([each.id for each in removed], ["one"])
        self.assertEqual([(each.id, reasons) for each, reasons in kept], [("two", ["newest recovery point"])])

    def test_a_point_that_restic_does_not_speak_of_stays(self) -> None:
        for answer in ("", "null", "[]"):
            kept, removed = divide([recovery_point("one", 1), recovery_point("two", 2)], answer)
            self.assertEqual(([each.id for each, _ in kept], removed), (["one", "two"], []))
