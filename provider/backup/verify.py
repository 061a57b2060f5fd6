"""The command "verify": whether a recovery point can be restored, without room for a restore."""

import hashlib
import re
import tarfile
import time
from typing import Any

import status
from failure import Failure
from lease import lease
from manifest import Manifest
from progress import Progress
from recovery_point import RecoveryPoint, find_contents, load_manifest, select
from repository import Repository
from request import Request, invalid
from segment import segment_length, segment_path
from segment_view import DESCRIPTION
from state_files import state_folder

READ_BYTES = 1 << 20


def verify(request: Request, progress: Progress) -> dict[str, Any]:
    """Checks the repository with restic, reads the point's contents from it and compares them with the manifest; marks the point."""
    started = time.monotonic()
    share = _share(request.fields.get("readData", True))
    repository = Repository(request.access(), request.limits, None)
    progress.report("prepare")
    points = find_contents(repository).points
    point = select(points, request.fields.get("recoveryPoint", "latest"))
    # Not the lease of backups: reading all may take hours, and disturbs none. Only pruning does, and takes this one too.
    with lease(f"verify-{point.volume}", f"a verification of volume {point.volume}", request.limits.wait_seconds):
        try:
            manifest = load_manifest(repository, point)
            progress.report("check")
            repository.run("check", "--no-lock", *share)
            compared = _compare(repository, point, manifest, progress)
        except Failure as failure:
            _record(point, started, failure)
            raise
        when = _record(point, started, None)
        warning = _mark(repository, point, when)
        return {
            "recoveryPoint": {**point.as_json(), "verified": when},
            "bytesCompared": compared,
            "segments": len(manifest.segments),
            "durationSeconds": round(time.monotonic() - started, 3),
            **({"warning": warning} if warning else {}),
        }


def _share(wanted: object) -> list[str]:
    if wanted is True:
        return ["--read-data"]
    if wanted is False:
        return []
    if isinstance(wanted, str) and re.fullmatch(r"\d+(\.\d+)?%|\d+/\d+", wanted):
        return [f"--read-data-subset={wanted}"]
    raise invalid("readData", 'is neither true, false, nor a share such as "5%" or "1/7"')


def _compare(repository: Repository, point: RecoveryPoint, manifest: Manifest, progress: Progress) -> int:
    """Hashes every segment of the point as it comes out of the repository. Returns the bytes compared."""
    total = sum(segment_length(index, manifest.size_bytes) for index in manifest.segments)
    missing = {segment_path(index): (index, each.sha256) for index, each in manifest.segments.items()}
    done = 0
    progress.report("compare", 0, total)
    with repository.started("dump", "--no-lock", point.data, "/", "--archive", "tar") as stdout:
        try:
            with tarfile.open(fileobj=stdout, mode="r|") as archive:
                for member in archive:
                    # It would keep a record of every member.
                    setattr(archive, "members", [])
                    name = member.name.strip("/")
                    file = archive.extractfile(member) if member.isfile() else None
                    if file is None or name == DESCRIPTION:
                        continue
                    index, wanted = missing.pop(name, (None, ""))
                    digest = hashlib.sha256()
                    while part := file.read(READ_BYTES):
                        digest.update(part)
                        done += len(part)
                        progress.report("compare", done, total)
                    if index is None:
                        raise _differs(point, f'it has a file "{name}" that the manifest does not know')
                    if digest.hexdigest() != wanted:
                        raise _differs(point, f"segment {index} has SHA-256 {digest.hexdigest()}, and the manifest says {wanted}")
        except (tarfile.TarError, EOFError):
            # restic's own words say more: they come when it is waited for.
            pass
    if missing:
        name, (index, _) = next(iter(missing.items()))
        raise _differs(point, f"{len(missing)} segments are missing, the first is segment {index} ({name})")
    return done


def _differs(point: RecoveryPoint, detail: str) -> Failure:
    return Failure(
        "mismatch", f"Cannot trust recovery point {point.id}", detail, "Choose another recovery point, and run the next backup with a new target"
    )


def _record(point: RecoveryPoint, started: float, failure: Failure | None) -> str:
    """Notes the outcome where the volume's backups are, if they are this host's. Returns the time."""
    when = status.now()
    if not state_folder(point.volume, point.target).exists():
        return when
    last = {
        "time": when,
        "recoveryPoint": point.id,
        "isSuccess": failure is None,
        "durationSeconds": round(time.monotonic() - started, 3),
        **({"failure": failure.as_json()} if failure else {}),
    }
    status.record(
        point.volume,
        point.target,
        {"lastVerification": last, **({"lastVerified": {"time": when, "recoveryPoint": point.id}} if failure is None else {})},
    )
    return when


def _mark(repository: Repository, point: RecoveryPoint, when: str) -> str:
    """Marks the point as verified in the repository, where every host sees it. Returns why it could not, if so."""
    arguments = ["tag", "--add", f"verified={when}", *(["--remove", f"verified={point.verified}"] if point.verified else []), point.manifest]
    try:
        repository.unlocking(lambda: repository.run(*arguments))
        return ""
    except Failure as failure:
        return f"the recovery point is whole, and could not be marked as verified: {failure.detail}"


def verify_newest(request: Request, progress: Progress) -> dict[str, Any]:
    """Placeholder."""
    found = verify(Request(request.repository, request.target, request.limits, {**request.fields, "recoveryPoint": "latest"}), progress)
    point = found["recoveryPoint"]
    status.record(point["volume"], point["target"], {"lastVerified": {"time": point["verified"], "recoveryPoint": point["id"], "pointTime": point["time"]}})
    return found
