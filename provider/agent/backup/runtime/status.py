"""The status of a volume's backups to a target: JSON and Prometheus metrics, written after success and failure alike."""

import json
from pathlib import Path
from typing import Any

from runtime import utc
from runtime.lease import lease
from runtime.state_files import METRICS, read_json, remove_file, state_folder, write_file

LOCK_SECONDS = 60

# Metric to the path of its value in the status, its unit being part of its name, and its help text.
_METRICS = (
    ("last_attempt_timestamp_seconds", ("lastAttempt", "time"), "When the last backup ended, in Unix time"),
    ("last_attempt_success", ("lastAttempt", "isSuccess"), "1 when the last backup succeeded, 0 when it failed"),
    ("last_attempt_duration_seconds", ("lastAttempt", "durationSeconds"), "Time that the last backup took"),
    ("last_attempt_warnings", ("lastAttempt", "warnings"), "Warnings of the last backup, such as a heartbeat that did not arrive"),
    ("last_success_timestamp_seconds", ("lastSuccess", "time"), "When the snapshot of the newest recovery point was taken, in Unix time"),
    ("max_age_seconds", ("policy", "maxAgeSeconds"), "Age that the newest recovery point may have by the policy"),
    ("policy_since_timestamp_seconds", ("policy", "since"), "When the schedule first looked after the volume, in Unix time"),
    ("running_since_timestamp_seconds", ("running", "since"), "When the run began that is under way, in Unix time"),
    ("recovery_points", ("repository", "points"), "Recovery points that the repository has, as far as this host knows"),
    ("damaged_since_timestamp_seconds", ("damage", "since"), "When damage was first found in the repository that is not yet repaired, in Unix time"),
    ("volume_bytes", ("lastSuccess", "sizeBytes"), "Size of the volume in the newest recovery point"),
    ("read_bytes", ("lastSuccess", "bytesRead"), "Bytes that the last successful backup read from the device"),
    ("sent_bytes", ("lastSuccess", "bytesSent"), "Bytes that the last successful backup added to the repository"),
    ("last_verified_timestamp_seconds", ("lastVerified", "time"), "When a recovery point was last verified, in Unix time"),
    ("last_verified_point_timestamp_seconds", ("lastVerified", "pointTime"), "When the snapshot of the last verified recovery point was taken, in Unix time"),
    ("last_verification_success", ("lastVerification", "isSuccess"), "1 when the last verification succeeded, 0 when it failed"),
    ("last_drill_timestamp_seconds", ("lastDrill", "time"), "When the last restore drill ended, in Unix time"),
    ("last_drill_success", ("lastDrill", "isSuccess"), "1 when the last restore drill succeeded, 0 when it failed"),
    ("last_drill_duration_seconds", ("lastDrill", "durationSeconds"), "Time that the last restore drill took"),
    ("last_successful_drill_timestamp_seconds", ("lastDrillSuccess", "time"), "When a restore drill last succeeded, in Unix time"),
    ("last_successful_drill_duration_seconds", ("lastDrillSuccess", "durationSeconds"), "Time that the last restore drill that succeeded took"),
    ("last_retention_timestamp_seconds", ("lastRetention", "time"), "When retention was last applied, in Unix time"),
    ("last_retention_success", ("lastRetention", "isSuccess"), "1 when retention was applied, 0 when that failed"),
    ("last_retention_kept_points", ("lastRetention", "kept"), "Recovery points that retention last kept"),
    ("last_retention_removed_points", ("lastRetention", "removed"), "Recovery points that retention last removed"),
    ("last_prune_timestamp_seconds", ("lastPrune", "time"), "When the last prune ended, in Unix time"),
    ("last_prune_success", ("lastPrune", "isSuccess"), "1 when the last prune succeeded, 0 when it failed"),
    ("last_prune_duration_seconds", ("lastPrune", "durationSeconds"), "Time that the last prune took"),
)


def status_file(volume_id: str, target: str) -> Path:
    return state_folder(volume_id, target) / "status.json"


def metrics_file(volume_id: str, target: str) -> Path:
    return METRICS / f"pulumi_lvm_backup_{volume_id}_{target}.prom"


def read(volume_id: str, target: str) -> dict[str, Any] | None:
    """The status; None when there never was a run."""
    return read_json(status_file(volume_id, target))


def record(volume_id: str, target: str, changes: dict[str, Any]) -> None:
    """Takes members over into the status, and writes the metrics anew. Neither holds a secret."""
    # A backup, a drill and a verification may end at the same time.
    with lease(f"status-{volume_id}-{target}", f"writing the status of volume {volume_id}", LOCK_SECONDS):
        status = {**(read(volume_id, target) or {}), "volume": volume_id, "target": target, **changes}
        try:
            write_file(status_file(volume_id, target), f"{json.dumps(status, indent=2)}\n")
        finally:
            # Each on its own: whoever is told by one of them is told.
            write_file(metrics_file(volume_id, target), metrics_of(status), 0o644)
    # Whoever collects metrics is seldom root. It can pass through the folder of our state, and list nothing there.
    METRICS.chmod(0o755)
    METRICS.parent.chmod(0o711)


def remove_metrics(volume_id: str, target: str) -> None:
    remove_file(metrics_file(volume_id, target))


def metrics_of(status: dict[str, Any]) -> str:
    """The status in Prometheus' text format; what never happened has no metric."""
    labels = ",".join(f'{key}="{_escape(str(status.get(key, "")))}"' for key in ("volume", "target", "name", "stack"))
    lines: list[str] = []
    for name, (section, member), help_text in _METRICS:
        part: dict[str, Any] = status.get(section) or {}
        found = part.get(member)
        if found is None:
            continue
        value = float(utc.unix(found)) if isinstance(found, str) else float(len(found)) if isinstance(found, list) else float(found)  # pyright: ignore[reportUnknownArgumentType]
        full = f"pulumi_lvm_backup_{name}"
        lines += [f"# HELP {full} {help_text}", f"# TYPE {full} gauge", f"{full}{{{labels}}} {value:.15g}"]
    return "".join(f"{line}\n" for line in lines)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
