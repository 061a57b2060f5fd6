"""The status of a volume's backups to a target: JSON and Prometheus metrics, written after success and failure alike."""

import calendar
import json
import time
from pathlib import Path
from typing import Any

from lease import lease
from state_files import METRICS, read_json, remove_file, state_folder, write_file

LOCK_SECONDS = 60

# Metric to the path of its value in the status, its unit being part of its name, and its help text.
_METRICS = (
    ("last_attempt_timestamp_seconds", ("lastAttempt", "time"), "When the last backup ended, in Unix time"),
    ("last_attempt_success", ("lastAttempt", "isSuccess"), "1 when the last backup succeeded, 0 when it failed"),
    ("last_attempt_duration_seconds", ("lastAttempt", "durationSeconds"), "Time that the last backup took"),
    ("last_success_timestamp_seconds", ("lastSuccess", "time"), "When the snapshot of the newest recovery point was taken, in Unix time"),
    ("volume_bytes", ("lastSuccess", "sizeBytes"), "Size of the volume in the newest recovery point"),
    ("read_bytes", ("lastSuccess", "bytesRead"), "Bytes that the last successful backup read from the device"),
    ("sent_bytes", ("lastSuccess", "bytesSent"), "Bytes that the last successful backup added to the repository"),
    ("last_verified_timestamp_seconds", ("lastVerified", "time"), "When a recovery point was last verified, in Unix time"),
    ("last_verification_success", ("lastVerification", "isSuccess"), "1 when the last verification succeeded, 0 when it failed"),
)


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def status_file(volume: str, target: str) -> Path:
    return state_folder(volume, target) / "status.json"


def metrics_file(volume: str, target: str) -> Path:
    return METRICS / f"pulumi_lvm_backup_{volume}_{target}.prom"


def read(volume: str, target: str) -> dict[str, Any] | None:
    """The status; None when there never was a run."""
    return read_json(status_file(volume, target))


def record(volume: str, target: str, changes: dict[str, Any]) -> None:
    """Takes members over into the status, and writes the metrics anew. Neither holds a secret."""
    # A backup, a drill and a verification may end at the same time.
    with lease(f"status-{volume}-{target}", f"writing the status of volume {volume}", LOCK_SECONDS):
        status = {**(read(volume, target) or {}), "volume": volume, "target": target, **changes}
        write_file(status_file(volume, target), f"{json.dumps(status, indent=2)}\n")
        write_file(metrics_file(volume, target), metrics_of(status), 0o644)
    # Whoever collects metrics is seldom root. It can pass through the folder of our state, and list nothing there.
    METRICS.chmod(0o755)
    METRICS.parent.chmod(0o711)


def remove_metrics(volume: str, target: str) -> None:
    remove_file(metrics_file(volume, target))


def metrics_of(status: dict[str, Any]) -> str:
    """The status in Prometheus' text format; what never happened has no metric."""
    labels = ",".join(f'{key}="{_escape(str(status.get(key, "")))}"' for key in ("volume", "target", "name", "stack"))
    lines: list[str] = []
    for name, (section, member), help_text in _METRICS:
        part: dict[str, Any] = status.get(section) or {}
        found = part.get(member)
        if found is None:
            continue
        value = _unix(found) if isinstance(found, str) else float(found)
        full = f"pulumi_lvm_backup_{name}"
        lines += [f"# HELP {full} {help_text}", f"# TYPE {full} gauge", f"{full}{{{labels}}} {value:.15g}"]
    return "".join(f"{line}\n" for line in lines)


def _unix(text: str) -> float:
    return float(calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")))


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
