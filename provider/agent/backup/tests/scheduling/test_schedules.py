import unittest
from typing import Any

from scheduling.schedules import volume_id_in
from tests.samples import VOLUME_ID, schedule_document


class Documents(unittest.TestCase):
    def test_the_volume_is_found_and_a_document_that_lacks_it_has_none(self) -> None:
        self.assertEqual(volume_id_in(schedule_document()), VOLUME_ID)
        broken: list[dict[str, Any]] = [{}, {"volume": None}, {"volume": "v"}, {"volume": {}}]
        self.assertEqual([volume_id_in(each) for each in broken], [""] * 4)
