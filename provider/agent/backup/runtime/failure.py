"""Failures that a user can act on."""

from collections.abc import Callable


class Failure(Exception):
    """What went wrong, in words: anything else that is raised is a bug.

    code: one word for the caller to branch on. summary: the action that failed. detail: the state that was found, with the command and
    its output. next: what the user does about it. None of them holds a secret. is_reported: the status, the journal and the hook of the
    run that it ended have it. is_confirmed: damage that was seen in two ways.
    """

    def __init__(self, code: str, summary: str, detail: str, next: str) -> None:
        super().__init__(f"{summary}: {detail}\n{next}")
        self.code = code
        self.summary = summary
        self.detail = detail
        self.next = next
        self.is_reported = False
        self.is_confirmed = False

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "summary": self.summary, "detail": self.detail, "next": self.next}

    @staticmethod
    def from_json(found: dict[str, str]) -> "Failure":
        """One that as_json wrote down."""
        return Failure(found["code"], found["summary"], found["detail"], found["next"])

    def mapped(self, change: Callable[[str], str]) -> "Failure":
        """The same failure with each text changed, such as redacted."""
        return Failure(self.code, change(self.summary), change(self.detail), change(self.next))


def failure_of(error: BaseException) -> Failure:
    """What any exception is to the user: itself, "system", "tool" or "bug"."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, OSError):
        return Failure("system", "Cannot go on", str(error), "Look at the kernel's log with 'dmesg', and at the room that 'df' shows")
    if isinstance(error, ImportError):
        return Failure("tool", "Cannot load all of the backup program", str(error), "Install on the host what it lacks; a preview of its Host says what")
    return Failure("bug", "Cannot go on", f"{type(error).__name__}: {error}", "Report this with the journal of the host")


def join_failures(failures: list[Failure], state: str) -> Failure:
    """The first failure, with what else is to be known: the state that it left, and the others."""
    first, *others = failures
    more = "".join(f"; {each.summary}: {each.detail}" for each in others)
    return Failure(first.code, first.summary, f"{first.detail}; {state}{more}", first.next)
