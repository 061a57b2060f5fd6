"""What every restic command gets: its options and its environment."""

from pathlib import Path

from runtime.command import environment
from runtime.request import Limits, RepositoryAccess


def global_options(limits: Limits, cache: Path | None) -> list[str]:
    """Options that every restic command gets."""
    where = ["--no-cache"] if cache is None else ["--cache-dir", str(cache)]
    rates = (("--limit-upload", limits.upload_kib_per_second), ("--limit-download", limits.download_kib_per_second))
    return [*where, *(part for option, rate in rates if rate is not None for part in (option, str(rate)))]


def restic_environment(access: RepositoryAccess) -> dict[str, str]:
    """Secrets go by the environment of the process, which only root can read (proc(5))."""
    given = {
        "RESTIC_REPOSITORY": access.url,
        "RESTIC_PASSWORD": access.password,
        "RESTIC_PROGRESS_FPS": "1",
        "AWS_ACCESS_KEY_ID": access.access_key_id,
        "AWS_SECRET_ACCESS_KEY": access.secret_access_key,
        "AWS_DEFAULT_REGION": access.region,
    }
    return {**environment(), **{name: value for name, value in given.items() if value}}
