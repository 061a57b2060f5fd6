"""Writes random bytes over 256 files of 4 MiB, and makes those that are not there.

Arguments: the folder, how many MiB, and "clustered" (one after the other from the first file on) or "scattered" (in pieces of
4 KiB, as far from each other as they can be).
"""

import os
import sys

FILES = 256
FILE_BYTES = 4 << 20


def main(folder: str, mib: int, kind: str) -> None:
    piece = 4 << 10 if kind == "scattered" else 1 << 20
    count = (mib << 20) // piece
    stride = FILES * FILE_BYTES // count if kind == "scattered" else piece
    opened: dict[int, int] = {}
    for index in range(count):
        # Whole pieces: 4 KiB is the file system's block.
        file, offset = divmod(index * stride // piece * piece, FILE_BYTES)
        if file not in opened:
            opened[file] = os.open(f"{folder}/{file:03}", os.O_WRONLY | os.O_CREAT, 0o600)
        os.pwrite(opened[file], os.urandom(piece), offset)
    for descriptor in opened.values():
        os.close(descriptor)


main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
