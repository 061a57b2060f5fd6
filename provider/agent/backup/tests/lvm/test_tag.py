import unittest
from typing import Any

from lvm import tag
from tests.vectors import read_vectors

VECTORS: list[dict[str, Any]] = read_vectors("tags")


class Tags(unittest.TestCase):
    def test_texts_are_encoded_as_the_provider_does_it(self) -> None:
        for each in VECTORS:
            with self.subTest(each["case"]):
                self.assertEqual(tag.encode(each["text"]), each["encoded"])

    def test_what_was_encoded_comes_back(self) -> None:
        for each in VECTORS:
            with self.subTest(each["case"]):
                self.assertEqual(tag.decode(each["encoded"]), each["text"])

    def test_what_encode_never_makes_is_refused(self) -> None:
        for text in ("#", "a#zz", "#e9"):
            with self.subTest(text), self.assertRaises(ValueError):
                tag.decode(text)

    def test_a_value_is_found_by_its_whole_key(self) -> None:
        tags = ["site=berlin", "point=a#20b=c", "pointer=1", "point=second"]
        self.assertEqual(tag.value_of(tags, "point"), "a b=c")
        self.assertIsNone(tag.value_of(tags, "poin"))
