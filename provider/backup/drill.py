"""Placeholder."""

from request import Request


def clean_up_drill(request: Request) -> None:
    """Placeholder."""
