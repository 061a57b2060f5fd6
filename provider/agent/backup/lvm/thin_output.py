"""What thin_dump and thin_delta print (thin_dump(8), thin_delta(8)), of which a large, fragmented volume has many lines."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# A part of a volume in bytes: start and length.
Range = tuple[int, int]


@dataclass(frozen=True)
class Mapping:
    """mapped: what a thin volume holds. changed: what differs from the base, as far as it is mapped now or was then."""

    mapped: list[Range]
    changed: list[Range]


def parse_dump(lines: Iterable[str], chunk_bytes: int) -> Mapping:
    """The mappings of the one volume that thin_dump was asked for; everything counts as changed."""
    mapped: list[Range] = []
    for line in lines:
        if match := re.search(r'<range_mapping origin_begin="(\d+)" data_begin="\d+" length="(\d+)"', line):
            mapped.append((int(match[1]) * chunk_bytes, int(match[2]) * chunk_bytes))
        elif match := re.search(r'<single_mapping origin_block="(\d+)"', line):
            mapped.append((int(match[1]) * chunk_bytes, chunk_bytes))
    return Mapping(mapped, mapped)


def parse_delta(lines: Iterable[str], chunk_bytes: int) -> Mapping:
    """What thin_delta tells of the second volume against the first."""
    mapped: list[Range] = []
    changed: list[Range] = []
    for line in lines:
        match = re.search(r'<(same|different|left_only|right_only) begin="(\d+)" length="(\d+)"', line)
        if match is None:
            continue
        span = (int(match[2]) * chunk_bytes, int(match[3]) * chunk_bytes)
        if match[1] != "left_only":
            mapped.append(span)
        if match[1] != "same":
            changed.append(span)
    return Mapping(mapped, changed)
