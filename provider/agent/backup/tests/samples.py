"""Things that tests are about, each whole: what matters for a test is what it changes."""

import hashlib
from typing import Any

from lvm.logical_volume import LogicalVolume
from repository.manifest import Manifest, Segment
from repository.recovery_point import RecoveryPoint
from runtime.request import Request, read_request

GIB = 1 << 30
VOLUME_ID = "6f1c9a52-3d0b-4f43-9a51-0d3c2b7e8f10"
SCHEDULE_ID = "0b8d5c7e-91f2-4a36-8c1d-5e6f7a8b9c0d"
PASSWORD = "repository password"
SECRET_KEY = "secret access key"


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def logical_volume(**changes: Any) -> LogicalVolume:
    """A thin volume of 1 GiB in fast/pool."""
    facts: dict[str, Any] = {
        "group": "fast", "group_free_bytes": 10 * GIB, "extent_bytes": 4 << 20, "name": "data", "uuid": "uuid-data", "size_bytes": GIB,
        "is_active": True, "is_open": False, "pool": "pool", "pool_uuid": "uuid-pool", "origin": "", "thin_id": 1, "chunk_bytes": 0,
        "metadata_bytes": 0, "data_percent": 0.0, "metadata_percent": 0.0, "snapshot_percent": 0.0, "is_invalid_snapshot": False, "health": "",
        "tags": (f"pulumi-lvm.id={VOLUME_ID}",),
    }  # fmt: skip
    return LogicalVolume(**{**facts, **changes})


def thin_pool(**changes: Any) -> LogicalVolume:
    """A pool of 8 GiB that is a quarter full, with chunks of 64 KiB."""
    facts = {"name": "pool", "uuid": "uuid-pool", "size_bytes": 8 * GIB, "pool": "", "pool_uuid": "", "thin_id": 0, "chunk_bytes": 64 << 10,
             "metadata_bytes": 64 << 20, "data_percent": 25.0, "metadata_percent": 10.0, "tags": ()}  # fmt: skip
    return logical_volume(**{**facts, **changes})


def manifest(segments: dict[int, Segment], **changes: Any) -> Manifest:
    facts: dict[str, Any] = {
        "point": "point-1", "volume_id": VOLUME_ID, "name": "fast/data", "stack": "acme/infra/prod", "host": "db1", "target": "offsite", "number": 1,
        "time": "2026-03-01T12:00:00Z", "size_bytes": GIB, "is_quiesced": False,
    }  # fmt: skip
    return Manifest(**{**facts, **changes}, segments=segments)


def recovery_point(id: str, number: int = 1, **changes: Any) -> RecoveryPoint:
    facts: dict[str, Any] = {
        "id": id, "volume_id": VOLUME_ID, "target": "offsite", "name": "fast/data", "stack": "acme/infra/prod", "host": "db1", "number": number,
        "time": f"2026-03-{number:02}T12:00:00Z", "size_bytes": GIB, "digest": sha(id), "is_quiesced": False, "verified": None,
        "data": f"data-{id}", "manifest": f"manifest-{id}",
    }  # fmt: skip
    return RecoveryPoint(**{**facts, **changes})


def schedule_document(**changes: Any) -> dict[str, Any]:
    return {
        "repository": {"url": "s3:https://s3.example.com/bucket/volumes/v", "password": PASSWORD, "secretAccessKey": SECRET_KEY},
        "target": "offsite",
        "volume": {"id": VOLUME_ID},
        "identity": {"name": "fast/data", "stack": "acme/infra/prod", "host": "db1"},
        "policy": {"name": "nightly", "maxAgeSeconds": 90000},
        "schedule": SCHEDULE_ID,
        **changes,
    }


def request_of(**changes: Any) -> Request:
    return read_request(schedule_document(**changes))
