import unittest
from typing import Any

from commands.retention import rules_of
from lvm import tag
from runtime.failure import Failure
from runtime.request import TARGET, Limits, flag_of, read_request, volume_id_of, whole_of
from scheduling.hook import hook_of
from scheduling.scheduled_run import identity_of, schedule_of
from tests.samples import PASSWORD, SECRET_KEY, VOLUME_ID, request_of, schedule_document
from tests.vectors import read_vectors


def refusal(document: object) -> str:
    try:
        read_request(document)
    except Failure as failure:
        assert failure.code == "request"
        return failure.detail
    raise AssertionError("it was not refused")


class RequestsOfTheProvider(unittest.TestCase):
    """What the provider sends, as a test of its own says."""

    def test_a_request_is_read_member_by_member(self) -> None:
        vector = read_vectors("requests")
        request = read_request(vector["backup"])
        access = request.access()
        self.assertEqual(access.url, "s3:https://s3.example.com/backups/prod/volumes/6f1c9a52-3d0b-4f43-9a51-0d3c2b7e8f10")
        self.assertEqual((access.region, access.access_key_id, access.secret_access_key), ("eu-central-1", "AKIAEXAMPLE", "secret/access+key"))
        self.assertEqual(len(access.password), 64)
        self.assertEqual(request.limits, Limits(deadline_seconds=86400, upload_kib_per_second=2048, wait_seconds=600))
        self.assertEqual((request.target, volume_id_of(request.fields), flag_of(request.fields, "quiesced")), ("offsite", VOLUME_ID, True))

    def test_a_schedule_document_has_all_that_its_runs_ask_for(self) -> None:
        request = read_request(read_vectors("requests")["schedule"])
        self.assertEqual(identity_of(request), {"name": "data", "stack": "organization/project/dev", "host": "db1"})
        self.assertEqual(schedule_of(request), "0b8d5c7e-91f2-4a36-8c1d-5e6f7a8b9c0d")
        self.assertEqual(rules_of(request), ["--keep-last", "3", "--keep-daily", "7", "--keep-within", "48h"])
        before = hook_of(request, "before")
        assert before is not None
        self.assertEqual((before.command, before.timeout_seconds), ("freeze", 30))
        self.assertIsNone(hook_of(request, "onFailure"))

    def test_every_word_for_a_target_is_taken(self) -> None:
        for name, word in read_vectors("requests")["targetWords"].items():
            with self.subTest(name):
                self.assertTrue(TARGET.fullmatch(word))
                self.assertEqual(tag.decode(tag.encode(word)), word)


class ReadRequest(unittest.TestCase):
    def test_what_is_left_out_has_its_default(self) -> None:
        request = read_request({})
        self.assertEqual((request.repository, request.target, request.limits), (None, "default", Limits()))

    def test_what_does_not_fit_is_refused_by_name(self) -> None:
        table: list[tuple[object, str]] = [
            ([], '"the document" is not an object'),
            ({"target": "../etc"}, '"target" is not a plain word'),
            ({"target": ""}, '"target" is not a plain word'),
            ({"limits": 1}, '"limits" is missing or no object'),
            ({"limits": {"deadlineSeconds": 0}}, '"deadlineSeconds" is no number above 0'),
            ({"limits": {"uploadKiBps": True}}, '"uploadKiBps" is no number above 0'),
            ({"repository": {"url": "/srv"}}, '"password" is missing or no text'),
            ({"repository": {"url": "", "password": "p"}}, '"url" is missing or no text'),
            ({"repository": {"url": "/srv", "password": "p", "region": 1}}, '"region" is no text'),
        ]
        for document, detail in table:
            with self.subTest(detail):
                self.assertEqual(refusal(document), detail)

    def test_an_id_that_becomes_part_of_a_path_has_to_be_a_uuid(self) -> None:
        for id in ("..", f"{VOLUME_ID}/..", VOLUME_ID.upper(), f"{VOLUME_ID}\n"):
            with self.subTest(id), self.assertRaises(Failure):
                volume_id_of({"volume": {"id": id}})

    def test_whole_numbers_have_a_range_and_true_is_none(self) -> None:
        self.assertEqual([whole_of({"n": 100}, "n", 4, 100), whole_of({}, "n", 4, 100)], [100, 4])
        values: list[Any] = [-1, 101, 1.0, "1", True, None]
        for value in values:
            with self.subTest(value), self.assertRaises(Failure):
                whole_of({"n": value}, "n", 4, 100)

    def test_a_rate_below_one_kib_is_one(self) -> None:
        self.assertEqual(read_request({"limits": {"uploadKiBps": 0.2, "downloadKiBps": 10.4}}).limits, Limits(None, 1, 10))


class Secrets(unittest.TestCase):
    def test_none_is_left_in_a_text(self) -> None:
        request = request_of(newPassword="new password", heartbeatUrl="https://hc.example.com/ping/1")
        text = f"{PASSWORD}, {SECRET_KEY}, new password, https://hc.example.com/ping/1, {VOLUME_ID}"
        self.assertEqual(request.redact(text), f"***, ***, ***, ***, {VOLUME_ID}")

    def test_none_is_in_what_python_shows_of_it(self) -> None:
        shown = repr(request_of().repository)
        self.assertNotIn(PASSWORD, shown)
        self.assertNotIn(SECRET_KEY, shown)

    def test_an_empty_one_takes_nothing_out(self) -> None:
        document = schedule_document(repository={"url": "/srv", "password": PASSWORD, "secretAccessKey": ""})
        self.assertEqual(read_request(document).redact("text"), "text")
