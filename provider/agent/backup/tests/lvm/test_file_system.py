import unittest

from lvm.file_system import kind_of


class FileSystem(unittest.TestCase):
    def test_the_elders_of_ext4_are_checked_as_it_is(self) -> None:
        self.assertEqual([kind_of(f"{each}\n") for each in ("ext2", "ext3", "ext4", "xfs")], ["ext4", "ext4", "ext4", "xfs"])

    def test_what_cannot_be_checked_is_none(self) -> None:
        self.assertEqual([kind_of(each) for each in ("", "btrfs\n", "LVM2_member\n", "ext4\nxfs\n")], ["none"] * 4)
