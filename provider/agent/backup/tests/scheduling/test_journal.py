import struct
import unittest

from scheduling.journal import encode_field


class Fields(unittest.TestCase):
    def test_one_line_is_a_line(self) -> None:
        self.assertEqual(encode_field("MESSAGE", "Größe=1"), "MESSAGE=Größe=1\n".encode())

    def test_several_lines_go_by_their_length_so_that_none_can_pose_as_a_field(self) -> None:
        text = "first\nPRIORITY=0"
        self.assertEqual(encode_field("MESSAGE", text), b"MESSAGE\n" + struct.pack("<Q", len(text)) + text.encode() + b"\n")
