import unittest

from segments.inode import DESCRIPTION, DESCRIPTION_INODE, ROOT, inode_of, is_folder, name_of, parent_of, segment_index, segment_inode
from segments.segment import segment_path

INDEXES = (0, 1, 255, 256, 0x12345, 2**24, 2**32 - 1)


class Inodes(unittest.TestCase):
    def test_each_segment_is_found_by_its_path_and_has_its_name_back(self) -> None:
        for index in INDEXES:
            folder_name, name = segment_path(index).split("/")
            folder = inode_of(ROOT, folder_name)
            assert folder is not None
            inode = inode_of(folder, name)
            self.assertEqual(inode, segment_inode(index))
            assert inode is not None
            self.assertEqual((name_of(folder), name_of(inode), parent_of(inode), segment_index(inode)), (folder_name, name, folder, index))
            self.assertTrue(is_folder(folder))
            self.assertFalse(is_folder(inode))

    def test_no_two_are_the_same(self) -> None:
        folders = {parent_of(segment_inode(index)) for index in INDEXES}
        segments = {segment_inode(index) for index in INDEXES}
        self.assertEqual(len(folders | segments | {ROOT, DESCRIPTION_INODE}), len(folders) + len(segments) + 2)

    def test_the_description_lies_at_the_root(self) -> None:
        self.assertEqual(inode_of(ROOT, DESCRIPTION), DESCRIPTION_INODE)
        self.assertEqual((name_of(DESCRIPTION_INODE), parent_of(DESCRIPTION_INODE), segment_index(DESCRIPTION_INODE)), (DESCRIPTION, ROOT, None))

    def test_a_name_that_no_tree_has_there_has_none(self) -> None:
        folder = inode_of(ROOT, "000001")
        assert folder is not None
        for parent, name in (
            (ROOT, "00000100"),
            (ROOT, "lost+found"),
            (ROOT, "00000G"),
            (folder, "000001"),
            (folder, "0000000A"),
            (folder, "00000000"),  # a segment of another folder
            (folder, DESCRIPTION),
        ):
            with self.subTest(name):
                self.assertIsNone(inode_of(parent, name))
