import os
import stat
import tempfile
import unittest
from pathlib import Path

from runtime.state_files import read_json, remove_file, write_file


class Files(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(self) -> None:
        path = self.folder / "deep" / "status.json"
        write_file(path, '{"a": 1}\n')
        write_file(path, "{}\n")
        self.assertEqual(path.read_text(), "{}\n")
        self.assertEqual(os.listdir(path.parent), ["status.json"])

    def test_only_its_owner_reads_it_unless_it_is_said_otherwise(self) -> None:
        os.umask(0o077)
        write_file(self.folder / "a", "")
        self.assertEqual(stat.S_IMODE((self.folder / "a").stat().st_mode), 0o600)

    def test_what_others_may_read_they_can_read_under_our_umask(self) -> None:
        os.umask(0o077)
        (self.folder / ".a.new").touch(0o600)
        write_file(self.folder / "a", "", 0o644)
        self.assertEqual(stat.S_IMODE((self.folder / "a").stat().st_mode), 0o644)

    def test_what_is_left_of_a_cut_write_does_not_count(self) -> None:
        path = self.folder / "status.json"
        write_file(path, '{"a": 1}\n')
        (self.folder / ".status.json.new").write_text('{"a"')
        self.assertEqual(read_json(path), {"a": 1})

    def test_what_is_no_object_is_none(self) -> None:
        for text in ("", "[]", "null", "1", "{", "\xff"):
            with self.subTest(text):
                (self.folder / "a").write_bytes(text.encode("latin-1"))
                self.assertIsNone(read_json(self.folder / "a"))
        self.assertIsNone(read_json(self.folder / "missing"))

    def test_removing_what_is_gone_is_fine(self) -> None:
        write_file(self.folder / "a", "")
        remove_file(self.folder / "a")
        remove_file(self.folder / "a")
        self.assertFalse((self.folder / "a").exists())
