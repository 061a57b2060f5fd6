import json
import unittest
from typing import Any

from repository.manifest import Manifest, Segment
from repository.recovery_point import data_tags, manifest_tags, newest_verified, read_contents, select
from runtime.failure import Failure
from tests.samples import manifest, recovery_point, sha
from tests.vectors import read_text, read_vectors


def made(point: str, number: int, **changes: Any) -> Manifest:
    return manifest({0: Segment(number, sha(point))}, point=point, number=number, time=f"2026-03-{number:02}T12:00:00Z", **changes)


def snapshots(found: Manifest, *more: str) -> list[dict[str, Any]]:
    return [{"id": f"data-{found.point}", "tags": data_tags(found)}, {"id": f"manifest-{found.point}", "tags": [*manifest_tags(found), *more]}]


class Contents(unittest.TestCase):
    def test_a_point_comes_back_from_its_tags(self) -> None:
        found = made("one", 1, name="fast/Größe, \n1", is_quiesced=True)
        [point] = read_contents(snapshots(found)).points
        self.assertEqual(
            (point.id, point.volume_id, point.target, point.name, point.stack, point.host, point.number, point.time, point.size_bytes, point.digest),
            (found.point, found.volume_id, found.target, found.name, found.stack, found.host, 1, found.time, found.size_bytes, found.digest),
        )
        self.assertEqual((point.is_quiesced, point.verified, point.data, point.manifest), (True, None, "data-one", "manifest-one"))

    def test_the_oldest_comes_first_by_number_whatever_the_clock_said(self) -> None:
        early = manifest({}, point="later", number=2, time="2020-01-01T00:00:00Z")
        contents = read_contents([*snapshots(early), *snapshots(made("first", 1))])
        self.assertEqual([each.id for each in contents.points], ["first", "later"])
        self.assertEqual(contents.next_number, 3)

    def test_data_without_a_manifest_is_unfinished_and_its_number_is_used_up(self) -> None:
        contents = read_contents([*snapshots(made("one", 1)), snapshots(made("two", 2))[0]])
        self.assertEqual(([each.id for each in contents.points], contents.unfinished, contents.next_number), (["one"], ["data-two"], 3))

    def test_a_manifest_without_data_is_no_point(self) -> None:
        self.assertEqual(read_contents(snapshots(made("one", 1))[1:]).points, [])

    def test_of_two_manifests_the_one_with_the_later_mark_counts(self) -> None:
        found = made("one", 1)
        data, old = snapshots(found)
        marked = {"id": "marked", "tags": [*manifest_tags(found), "verified=2026-03-02T00:00:00Z"]}
        for order in ([data, old, marked], [data, marked, old]):
            contents = read_contents(order)
            self.assertEqual([(each.manifest, each.verified) for each in contents.points], [("marked", "2026-03-02T00:00:00Z")])
            self.assertEqual(contents.unfinished, ["manifest-one"])

    def test_what_others_keep_there_is_left_alone(self) -> None:
        foreign: list[dict[str, Any]] = [{"id": "a", "tags": None}, {"id": "b"}, {"id": "c", "tags": ["kind=data"]}, {"id": "d", "tags": ["point=x"]}]
        self.assertEqual(read_contents(foreign), read_contents([]))

    def test_snapshots_are_read_as_each_release_of_restic_prints_them(self) -> None:
        for release in ("0.14", "0.16", "0.18"):
            found = json.loads(read_text(f"restic/{release}/snapshots.json"))
            self.assertEqual([sorted(each["tags"]) for each in found], [["kind=manifest", f"number={number}"] for number in (1, 2, 3)])
            self.assertTrue(all(len(each["id"]) == 64 for each in found))


class Select(unittest.TestCase):
    def test_the_same_point_is_chosen_as_by_the_provider(self) -> None:
        vectors = read_vectors("recovery-point-choices")
        points = [recovery_point(each["id"], number + 1, time=each["time"], verified=each["verified"]) for number, each in enumerate(vectors["points"])]
        for each in vectors["choices"]:
            with self.subTest(each["choice"]):
                try:
                    found = select(points, each["choice"]).id
                except Failure as failure:
                    self.assertEqual(failure.code, "no-point")
                    found = None
                self.assertEqual(found, each["chosen"])

    def test_when_there_is_none_it_says_which_there_are(self) -> None:
        with self.assertRaises(Failure) as caught:
            select([recovery_point("one")], "two")
        self.assertEqual(caught.exception.detail, "the repository has one of 2026-03-01T12:00:00Z")


class NewestVerified(unittest.TestCase):
    POINTS = [
        recovery_point("one", 1, verified="2026-03-01T13:00:00Z"),
        recovery_point("two", 2, verified="2026-03-05T00:00:00Z"),
        recovery_point("three", 3, verified="2026-03-03T13:00:00Z"),
        recovery_point("four", 4),
    ]

    def find(self, damaged_since: str) -> str | None:
        found = newest_verified(self.POINTS, damaged_since)
        return found and found.id

    def test_it_is_the_newest_point_and_not_the_newest_mark(self) -> None:
        self.assertEqual(self.find(""), "three")

    def test_marks_up_to_when_damage_was_found_do_not_count(self) -> None:
        self.assertEqual((self.find("2026-03-03T13:00:00Z"), self.find("2026-03-05T00:00:00Z")), ("two", None))
