"""Placeholder."""

from typing import Any

from progress import Progress
from request import Request


def retain(request: Request, progress: Progress) -> dict[str, Any]:
    """Placeholder."""
    progress.report("retention")
    return {"keep": [], "remove": [], "warning": ""}
