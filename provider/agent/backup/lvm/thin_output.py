"""What thin_dump and thin_delta print (thin_dump(8), thin_delta(8)), of which a large, fragmented volume has many lines.

Nothing of it is taken for whole by its exit code: what is missing in it would be missing in a backup, which then verifies.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# A part of a volume in bytes: start and length.
Range = tuple[int, int]

_TAG = re.compile(r"<(/?)(\w+)((?:\s+[\w-]+=\"[^\"]*\")*)\s*(/?)>")
_ATTRIBUTE = re.compile(r"([\w-]+)=\"([^\"]*)\"")


class OddOutput(ValueError):
    """The output is not what such a tool prints of the whole: it is cut, has something unknown, or contradicts itself."""


@dataclass(frozen=True)
class Mapping:
    """mapped: what a thin volume holds. changed: what differs from the base, as far as it is mapped now or was then."""

    mapped: list[Range]
    changed: list[Range]

    @property
    def mapped_bytes(self) -> int:
        return sum(length for _, length in self.mapped)


def parse_dump(lines: Iterable[str], chunk_bytes: int, mapped_chunks: int) -> Mapping:
    """The mappings of the one volume that thin_dump was asked for; everything counts as changed.

    mapped_chunks: how many the kernel says that there are. Raises OddOutput.
    """
    mapped: list[Range] = []
    announced: list[int] = []
    for name, facts in _elements(lines, chunk_bytes, {"device"}):
        if name == "device":
            announced.append(_number(facts, "mapped_blocks"))
        elif name == "range_mapping":
            mapped.append((_number(facts, "origin_begin") * chunk_bytes, _number(facts, "length") * chunk_bytes))
        elif name == "single_mapping":
            mapped.append((_number(facts, "origin_block") * chunk_bytes, chunk_bytes))
        else:
            raise OddOutput(f"it has an unknown element <{name}>")
    found = _chunks(mapped, chunk_bytes)
    if announced != [found]:
        raise OddOutput(f"it has mappings of {found} chunks, and its devices say {announced}")
    _refuse_other_count(found, mapped_chunks)
    return Mapping(mapped, mapped)


def parse_delta(lines: Iterable[str], chunk_bytes: int, mapped_chunks: int, base_chunks: int | None) -> Mapping:
    """What thin_delta tells of the second volume against the first.

    mapped_chunks: of the second, by the kernel. base_chunks: of the first, as it was when it became the base; None when that is not known.
    Raises OddOutput.
    """
    base: list[Range] = []
    mapped: list[Range] = []
    changed: list[Range] = []
    diffs = 0
    for name, facts in _elements(lines, chunk_bytes, {"diff"}):
        if name == "diff":
            diffs += 1
            continue
        if name not in ("same", "different", "left_only", "right_only"):
            raise OddOutput(f"it has an unknown element <{name}>")
        span = (_number(facts, "begin") * chunk_bytes, _number(facts, "length") * chunk_bytes)
        if name != "right_only":
            base.append(span)
        if name != "left_only":
            mapped.append(span)
        if name != "same":
            changed.append(span)
    if diffs != 1:
        raise OddOutput(f"it compares {diffs} pairs of volumes in place of one")
    _refuse_other_count(_chunks(mapped, chunk_bytes), mapped_chunks)
    found = _chunks(base, chunk_bytes)
    if base_chunks not in (None, found):
        raise OddOutput(f"it has mappings of {found} chunks of the base, which has {base_chunks}")
    return Mapping(mapped, changed)


def mapped_chunks_of(status: str, chunk_bytes: int) -> int:
    """What `dmsetup status` says of a thin volume: "start length thin mapped-sectors highest-sector" (kernel: device-mapper/thin-provisioning).

    Raises OddOutput, such as for "Fail".
    """
    fields = status.split()
    if len(fields) < 4 or fields[2] != "thin" or not fields[3].isdecimal():
        raise OddOutput(f'the kernel says of the volume: "{status.strip()}"')
    return int(fields[3]) * 512 // chunk_bytes


def _elements(lines: Iterable[str], chunk_bytes: int, containers: set[str]) -> Iterable[tuple[str, dict[str, str]]]:
    """The elements within <superblock>, which must have its end. Each line holds one (thin_dump prints them so)."""
    open_tags: list[str] = []
    is_whole = False
    for line in lines:
        text = line.strip()
        if text == "":
            continue
        match = _TAG.fullmatch(text)
        if match is None or is_whole:
            raise OddOutput(f'it has a line "{text[:100]}"')
        is_end, name, attributes, is_closed = match[1] != "", match[2], dict(_ATTRIBUTE.findall(match[3])), match[4] != ""
        if is_end:
            if not open_tags or open_tags.pop() != name:
                raise OddOutput(f"it has an end </{name}> without its beginning")
            is_whole = not open_tags
            continue
        if not open_tags:
            if name != "superblock" or is_closed:
                raise OddOutput(f"it begins with <{name}>")
            if _number(attributes, "data_block_size") * 512 != chunk_bytes:
                raise OddOutput(f"its chunks are of {attributes['data_block_size']} sectors, and those of the pool of {chunk_bytes} bytes")
            open_tags.append(name)
            continue
        if is_closed == (name in containers) or (len(open_tags) == 1) != (name in containers):
            raise OddOutput(f"it has <{name}> where that is unknown")
        if not is_closed:
            open_tags.append(name)
        yield name, attributes
    if not is_whole:
        raise OddOutput("it ends before its closing tag")


def _number(facts: dict[str, str], name: str) -> int:
    found = facts.get(name, "")
    if not found.isdecimal():
        raise OddOutput(f'it has {name}="{found}"')
    return int(found)


def _chunks(ranges: list[Range], chunk_bytes: int) -> int:
    return sum(length for _, length in ranges) // chunk_bytes


def _refuse_other_count(found: int, wanted: int) -> None:
    if found != wanted:
        raise OddOutput(f"it has mappings of {found} chunks, and the kernel has {wanted}")
