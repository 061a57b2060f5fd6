import unittest
from dataclasses import replace

from repository.data_read import DAY_SECONDS, DataRead, next_part, read_data_read, share_options
from runtime.failure import Failure

NOW = 1_800_000_000
DAY = DAY_SECONDS


class NextPart(unittest.TestCase):
    """A policy that reads all within 30 days, with a run each day: 29 parts of a day each."""

    def due(self, record: DataRead | None, now: int) -> DataRead | None:
        return next_part(record, 30, DAY, now)

    def test_the_first_run_reads_the_first_part(self) -> None:
        self.assertEqual(self.due(None, NOW), DataRead(1, 29, NOW))

    def test_the_next_part_is_due_a_day_later_and_not_before(self) -> None:
        after = DataRead(2, 29, NOW)
        self.assertIsNone(self.due(after, NOW + DAY - 1))
        self.assertEqual(self.due(after, NOW + DAY), after)

    def test_what_missed_runs_should_have_read_is_due_at_once(self) -> None:
        record: DataRead | None = DataRead(2, 29, NOW)
        read: list[int] = []
        while record := self.due(record, NOW + 5 * DAY):
            read.append(record.next)
            record = replace(record, next=record.next + 1)
        self.assertEqual(read, [2, 3, 4, 5, 6])

    def test_after_the_last_part_a_new_cycle_begins_when_this_one_is_over(self) -> None:
        done = DataRead(30, 29, NOW)
        self.assertIsNone(self.due(done, NOW + 29 * DAY - 1))
        self.assertEqual(self.due(done, NOW + 29 * DAY), DataRead(1, 29, NOW + 29 * DAY))

    def test_a_cycle_that_begins_late_is_counted_from_when_it_was_due(self) -> None:
        self.assertEqual(self.due(DataRead(30, 29, NOW), NOW + 30 * DAY), DataRead(1, 29, NOW + 29 * DAY))
        self.assertEqual(self.due(DataRead(30, 29, NOW), NOW + 90 * DAY), DataRead(1, 29, NOW + 90 * DAY))

    def test_everything_is_read_within_the_days_by_daily_runs(self) -> None:
        record: DataRead | None = None
        read_at: dict[int, int] = {}
        for day in range(120):
            now = NOW + day * DAY
            while due := self.due(record, now):
                self.assertLessEqual(day - read_at.get(due.next, day), 30)
                read_at[due.next] = day
                record = replace(due, next=due.next + 1)
        self.assertEqual(sorted(read_at), list(range(1, 30)))

    def test_a_schedule_that_runs_seldom_reads_all_each_time(self) -> None:
        due = next_part(None, 7, 7 * DAY, NOW)
        self.assertEqual(due, DataRead(1, 1, NOW))

    def test_another_number_of_days_begins_anew(self) -> None:
        self.assertEqual(next_part(DataRead(5, 29, NOW - DAY), 60, DAY, NOW), DataRead(1, 59, NOW))

    def test_a_clock_that_was_set_back_begins_anew(self) -> None:
        self.assertEqual(self.due(DataRead(5, 29, NOW + DAY), NOW), DataRead(1, 29, NOW))

    def test_there_are_no_more_parts_than_restic_can_divide_into(self) -> None:
        due = next_part(None, 3650, 3600, NOW)
        self.assertEqual(due and due.of, 256)


class Record(unittest.TestCase):
    def test_it_comes_back_from_the_status(self) -> None:
        record = DataRead(3, 29, NOW)
        self.assertEqual(record.as_json(), {"next": 3, "of": 29, "cycleStarted": "2027-01-15T08:00:00Z"})
        self.assertEqual(read_data_read(record.as_json()), record)

    def test_one_that_cannot_be_read_is_none(self) -> None:
        for found in (None, {}, {"next": 1, "of": 2}, {"next": 1, "of": 2, "cycleStarted": "yesterday"}, {"next": None, "of": 2, "cycleStarted": None}):
            self.assertIsNone(read_data_read(found))


class Share(unittest.TestCase):
    def test_all_nothing_and_a_share_are_options_of_restic(self) -> None:
        self.assertEqual((share_options(True), share_options(False)), (["--read-data"], []))
        for share in ("5%", "2.5%", "1/7"):
            self.assertEqual(share_options(share), [f"--read-data-subset={share}"])

    def test_anything_else_is_refused(self) -> None:
        values: list[object] = [None, 1, "", "all", "5", "1/7 --no-lock", "-1%"]
        for value in values:
            with self.subTest(value), self.assertRaises(Failure):
                share_options(value)
