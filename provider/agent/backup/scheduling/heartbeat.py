"""The heartbeat: an address of a monitor that expects to be asked for after each success."""

import time
import urllib.request
from http.client import HTTPException

from runtime.request import Request, optional_text

TRIES = 3
TIMEOUT_SECONDS = 10
PAUSE_SECONDS = 1


def send_heartbeat(request: Request, pause_seconds: float = PAUSE_SECONDS) -> str | None:
    """Asks for heartbeatUrl, if there is one. Returns why it did not arrive, None when it did. The URL is a secret."""
    url = optional_text(request.fields, "heartbeatUrl")
    if url == "":
        return None
    problem = ""
    for each in range(TRIES):
        if each > 0:
            time.sleep(pause_seconds)
        try:
            with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS):
                return None
        except OSError as error:
            problem = str(error)
        except (HTTPException, ValueError) as error:
            # Their texts quote parts of the URL.
            problem = type(error).__name__
    return request.redact(f"the heartbeat did not arrive in {TRIES} tries: {problem}; the monitor will take this run for missing")
