"""The command "cleanup": takes what backups of a volume keep on this host away. The repository stays."""

import shutil
from typing import Any

from lvm import logical_volume
from lvm.base_snapshot import drop_base_snapshot
from lvm.sweep import sweep_snapshots
from runtime import status
from runtime.lease import lease
from runtime.progress import Progress
from runtime.request import Request, volume_id_of
from runtime.state_files import state_folder


def clean_up(request: Request, progress: Progress) -> dict[str, Any]:
    """Removes snapshots, base, cache, status and metrics of a volume's backups to a target; what is gone is fine."""
    volume_id = volume_id_of(request.fields)
    progress.report("cleanup")
    with lease(f"backup-{volume_id}", f"removing what backups of volume {volume_id} keep", request.limits.wait_seconds):
        folder = state_folder(volume_id, request.target)
        drop_base_snapshot(folder)
        sweep_snapshots(logical_volume.look(), volume_id, request.target, folder)
        status.remove_metrics(volume_id, request.target)
        shutil.rmtree(folder, ignore_errors=True)
        if folder.parent.exists() and not any(folder.parent.iterdir()):
            folder.parent.rmdir()
    return {}
