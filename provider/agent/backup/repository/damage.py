"""Damage: what was read of a repository and is wrong. Nothing that a store or a network did counts as that."""

from collections.abc import Callable
from typing import TypeVar

from runtime.failure import Failure

Result = TypeVar("Result")

# Failures that say that a repository does not hold what it should.
_BROKEN = ("damaged", "mismatch")


def is_broken(failure: Failure) -> bool:
    return failure.code in _BROKEN


def confirmed(read: Callable[[], Result]) -> Result:
    """Reads something, and once more when it was damaged: memory, a cable or a proxy may have changed it on its way, once.

    Not where the store's listing has confirmed it already (Repository).
    """
    try:
        return read()
    except Failure as failure:
        if not is_broken(failure) or failure.is_confirmed:
            raise
    return read()
