"""Failures that a user can act on."""


class Failure(Exception):
    """What went wrong, in words: anything else that is raised is a bug.

    code: one word for the caller to branch on. summary: the action that failed. detail: the state that was found, with the command and
    its output. next: what the user does about it. None of them holds a secret.
    """

    def __init__(self, code: str, summary: str, detail: str, next: str) -> None:
        super().__init__(f"{summary}: {detail}\n{next}")
        self.code = code
        self.summary = summary
        self.detail = detail
        self.next = next

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "summary": self.summary, "detail": self.detail, "next": self.next}
