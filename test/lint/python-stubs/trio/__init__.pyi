"""What we use of trio 0.22 and newer, which is not there where the types are checked."""

from collections.abc import Awaitable, Callable
from types import TracebackType

from trio import to_thread as to_thread

class Lock:
    async def __aenter__(self) -> None: ...
    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

def run(main: Callable[[], Awaitable[None]]) -> None: ...
