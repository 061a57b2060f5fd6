"""The clock of a time zone, as restic needs it: it sorts recovery points into days by the offset from UTC that each was stored with."""

import struct
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from runtime import utc
from runtime.state_files import RUN


def wall_clock(iso: str, zone: str) -> datetime:
    """A moment (ISO, UTC) by the clock of an IANA time zone; in UTC when this host does not know the zone."""
    moment = datetime.strptime(iso, utc.FORMAT).replace(tzinfo=timezone.utc)
    try:
        # Names come from a policy; ZoneInfo refuses those that lead out of its folder.
        offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
    except (OSError, ValueError, KeyError):
        return moment
    return moment.astimezone(timezone(offset or timedelta()))


@contextmanager
def fixed_zone(moment: datetime) -> Generator[str, None, None]:
    """A value of TZ for that offset alone: by a zone's name, the hour that comes twice in autumn would be a guess."""
    RUN.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=RUN, prefix="zone-") as file:
        file.write(zone_file(moment.utcoffset() or timedelta()))
        file.flush()
        yield file.name


def zone_file(offset: timedelta) -> bytes:
    """A time zone that always is that much ahead of UTC (tzfile(5))."""
    header = b"TZif" + bytes(16) + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    return header + struct.pack(">lbb", round(offset.total_seconds()), 0, 0) + b"LCL\0"
