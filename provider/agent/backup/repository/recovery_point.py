"""Recovery points: what a repository has, told by the tags of its snapshots."""

import json
from dataclasses import dataclass, replace
from typing import Any

from lvm import tag
from repository.manifest import Manifest, read_manifest
from repository.repository import Repository
from runtime.failure import Failure

MANIFEST_FILE = "manifest.json"


@dataclass(frozen=True)
class RecoveryPoint:
    """number: grows with each backup of the volume, whatever the clock says. data, manifest: ids of restic's snapshots."""

    id: str
    volume_id: str
    target: str
    name: str
    stack: str
    host: str
    number: int
    time: str
    size_bytes: int
    digest: str
    is_quiesced: bool
    verified: str | None
    data: str
    manifest: str

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "volume": self.volume_id,
            "target": self.target,
            "name": self.name,
            "stack": self.stack,
            "host": self.host,
            "number": self.number,
            "time": self.time,
            "sizeBytes": self.size_bytes,
            "digest": self.digest,
            "quiesced": self.is_quiesced,
            "verified": self.verified,
        }


@dataclass(frozen=True)
class Contents:
    """points: whole recovery points, the oldest first. unfinished: what runs that died left: data without a manifest,
    and the manifest that a mark was about to replace. next_number: for the next backup."""

    points: list[RecoveryPoint]
    unfinished: list[str]
    next_number: int


def data_tags(manifest: Manifest) -> list[str]:
    return [
        "kind=data",
        tag.tag("point", manifest.point),
        tag.tag("volume", manifest.volume_id),
        tag.tag("target", manifest.target),
        f"number={manifest.number}",
    ]


def manifest_tags(manifest: Manifest) -> list[str]:
    return [
        "kind=manifest",
        *data_tags(manifest)[1:],
        tag.tag("name", manifest.name),
        tag.tag("stack", manifest.stack),
        tag.tag("host", manifest.host),
        tag.tag("time", manifest.time),
        f"size={manifest.size_bytes}",
        f"digest={manifest.digest}",
        f"quiesced={'yes' if manifest.is_quiesced else 'no'}",
    ]


def read_contents(snapshots: list[dict[str, Any]]) -> Contents:
    """Sorts the snapshots of a repository. What carries no tags of ours is left alone."""
    data: dict[str, str] = {}
    manifests: dict[str, RecoveryPoint] = {}
    superseded: list[str] = []
    highest = 0
    for snapshot in snapshots:
        tags: list[str] = snapshot.get("tags") or []
        kind, point, number = (tag.value_of(tags, key) for key in ("kind", "point", "number"))
        if point is None or number is None:
            continue
        highest = max(highest, int(number))
        if kind == "data":
            data[point] = snapshot["id"]
        elif kind == "manifest":
            found = _point(point, int(number), snapshot["id"], tags)
            # A mark is a new snapshot in place of the old one; cut between the two, both are there.
            known = manifests.get(point)
            if known is not None and (found.verified or "") < (known.verified or ""):
                known, found = found, known
            if known is not None:
                superseded.append(known.manifest)
            manifests[point] = found
    points = [replace(each, data=data[each.id]) for each in manifests.values() if each.id in data]
    whole = {each.id for each in points}
    return Contents(
        points=sorted(points, key=lambda each: (each.number, each.time)),
        unfinished=[*superseded, *(id for point, id in data.items() if point not in whole)],
        next_number=highest + 1,
    )


def _point(point: str, number: int, snapshot: str, tags: list[str]) -> RecoveryPoint:
    def value(key: str) -> str:
        return tag.value_of(tags, key) or ""

    return RecoveryPoint(
        id=point,
        volume_id=value("volume"),
        target=value("target"),
        name=value("name"),
        stack=value("stack"),
        host=value("host"),
        number=number,
        time=value("time"),
        size_bytes=int(value("size") or 0),
        digest=value("digest"),
        is_quiesced=value("quiesced") == "yes",
        verified=tag.value_of(tags, "verified"),
        data="",
        manifest=snapshot,
    )


def select(points: list[RecoveryPoint], chosen: object) -> RecoveryPoint:
    """The recovery point that a request means: an id, "latest", "latest-verified" or {"atOrBefore": ISO time in UTC}.

    Raises Failure "no-point".
    """
    if chosen == "latest":
        fitting = points
    elif chosen == "latest-verified":
        fitting = [each for each in points if each.verified is not None]
    elif isinstance(chosen, dict):
        limit = str(chosen.get("atOrBefore"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        # ISO times in UTC sort as text; a limit with fractions does so too, up to its "Z".
        fitting = [each for each in points if each.time.rstrip("Z") <= limit.rstrip("Z")]
    else:
        fitting = [each for each in points if each.id == chosen]
    if not fitting:
        had = ", ".join(f"{each.id} of {each.time}" for each in points[-5:]) or "none"
        raise Failure(
            "no-point", f"Cannot find recovery point {json.dumps(chosen)}", f"the repository has {had}", "Choose one that 'pulumi-lvm backups' lists"
        )
    return fitting[-1]


def newest_verified(points: list[RecoveryPoint], damaged_since: str) -> RecoveryPoint | None:
    """The newest point that was verified after a time, "" for any time. points: the oldest first."""
    return next((each for each in reversed(points) if each.verified is not None and each.verified > damaged_since), None)


def load_manifest(repository: Repository, point: RecoveryPoint) -> Manifest:
    """The manifest of a recovery point. Raises Failure "damaged" when it is not what its tags say."""
    try:
        text = repository.run("dump", "--no-lock", point.manifest, MANIFEST_FILE)
    except Failure:
        # A mark that somebody sets meanwhile gives it another id.
        now = find_again(repository, point)
        if now is None or now.manifest == point.manifest:
            raise
        text = repository.run("dump", "--no-lock", now.manifest, MANIFEST_FILE)
    try:
        found = read_manifest(json.loads(text))
        if (found.point, found.digest, found.size_bytes) != (point.id, point.digest, point.size_bytes):
            raise ValueError("its id, size or digest is not the one in its snapshot's tags")
    except ValueError as error:
        raise Failure(
            "damaged", f"Cannot use recovery point {point.id}", f"its manifest does not fit: {error}", "Choose another recovery point"
        ) from error
    return found


def find_contents(repository: Repository) -> Contents:
    repository.check_reachable()
    return read_contents(repository.snapshots())


def find_contents_if_any(repository: Repository) -> Contents:
    """The same; a repository that was never made holds nothing."""
    try:
        return find_contents(repository)
    except Failure as failure:
        if failure.code != "absent":
            raise
        return Contents([], [], 1)


def find_again(repository: Repository, point: RecoveryPoint) -> RecoveryPoint | None:
    """A recovery point as the repository has it now, None when it is gone: a mark gives its manifest another id."""
    return next((each for each in find_contents(repository).points if each.id == point.id), None)
