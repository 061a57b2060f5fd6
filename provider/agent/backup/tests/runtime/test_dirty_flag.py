import tempfile
import unittest
from pathlib import Path

from runtime.dirty_flag import clear_dirty, is_dirty, set_dirty


class DirtyFlag(unittest.TestCase):
    def test_it_stands_from_the_start_of_a_backup_to_its_end(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "never made"
            self.assertFalse(is_dirty(folder))
            set_dirty(folder)
            self.assertTrue(is_dirty(folder))
            clear_dirty(folder)
            clear_dirty(folder)
            self.assertFalse(is_dirty(folder))
