"""The manifest of a recovery point: what each segment of the volume held. Only with it is a snapshot in the repository a recovery point."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from segments.segment import SEGMENT_BYTES, hash_of_zeros, segment_length

FORMAT = "pulumi-lvm-manifest/1"


@dataclass(frozen=True)
class Segment:
    """number: the backup that last saw it change. sha256: of its contents, in hex."""

    number: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """point: id of the recovery point. time: when the snapshot was taken, UTC. Segments that are absent hold zeros."""

    point: str
    volume_id: str
    name: str
    stack: str
    host: str
    target: str
    number: int
    time: str
    size_bytes: int
    is_quiesced: bool
    segments: dict[int, Segment]

    @property
    def digest(self) -> str:
        return digest_of(self.size_bytes, ((index, each.sha256) for index, each in self.segments.items()))

    def as_text(self) -> str:
        """JSON with one segment a line, so that what did not change is stored once."""
        head = {
            "format": FORMAT,
            "point": self.point,
            "volume": self.volume_id,
            "name": self.name,
            "stack": self.stack,
            "host": self.host,
            "target": self.target,
            "number": self.number,
            "time": self.time,
            "sizeBytes": self.size_bytes,
            "segmentBytes": SEGMENT_BYTES,
            "quiesced": self.is_quiesced,
            "digest": self.digest,
        }
        rows = ",\n".join(f'[{index},{each.number},"{each.sha256}"]' for index, each in sorted(self.segments.items()))
        return f'{json.dumps(head)[:-1]}, "segments": [\n{rows}\n]}}\n'


def read_manifest(document: dict[str, Any]) -> Manifest:
    """Reads a decoded manifest. Raises ValueError when it does not fit, or its digest is not that of its segments."""
    if document.get("format") != FORMAT or document.get("segmentBytes") != SEGMENT_BYTES:
        raise ValueError(f"it is no {FORMAT} with segments of {SEGMENT_BYTES} bytes")
    try:
        found = Manifest(
            point=str(document["point"]),
            volume_id=str(document["volume"]),
            name=str(document["name"]),
            stack=str(document["stack"]),
            host=str(document["host"]),
            target=str(document["target"]),
            number=int(document["number"]),
            time=str(document["time"]),
            size_bytes=int(document["sizeBytes"]),
            is_quiesced=bool(document["quiesced"]),
            segments={int(index): Segment(int(number), str(sha256)) for index, number, sha256 in document["segments"]},
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"it lacks a member: {error}") from error
    if found.digest != document.get("digest"):
        raise ValueError("its digest is not that of its segments")
    return found


def digest_of(size_bytes: int, segments: Iterable[tuple[int, str]]) -> str:
    """One SHA-256 over a volume: the same for the same size and contents, however they came about.

    It is that of a text: "size BYTES segment BYTES", and for each segment that is not all zeros, in order, "SHA256  NNNNNNNN"
    with the segment's number in hex; each line ends with a newline.
    """
    total = hashlib.sha256(f"size {size_bytes} segment {SEGMENT_BYTES}\n".encode())
    for index, sha256 in sorted(segments):
        if sha256 != hash_of_zeros(segment_length(index, size_bytes)):
            total.update(f"{sha256}  {index:08x}\n".encode())
    return total.hexdigest()


def different_segments(manifest: Manifest, other: Manifest | None) -> list[int]:
    """The segments of a manifest that another one does not have as they are, sorted; all when there is no other one."""
    known = other.segments if other is not None else {}
    return sorted(index for index, each in manifest.segments.items() if known.get(index) != each)
