"""Times as they stand in the program's files and answers: ISO 8601 in UTC, to the second."""

import calendar
import time

FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def now() -> str:
    return iso(time.time())


def iso(unix: float) -> str:
    return time.strftime(FORMAT, time.gmtime(unix))


def unix(text: str) -> int:
    """Unix time. Raises ValueError for any other form."""
    return calendar.timegm(time.strptime(text, FORMAT))
