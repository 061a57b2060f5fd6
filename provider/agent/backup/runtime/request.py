"""The request: one JSON document on stdin, checked before anything is done."""

import re
from dataclasses import dataclass, field
from typing import Any

from runtime.failure import Failure

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TARGET = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}")
NAME = re.compile(r"[A-Za-z0-9_.+][A-Za-z0-9_.+-]{0,126}")


@dataclass(frozen=True)
class RepositoryAccess:
    """Where a restic repository is and what opens it."""

    url: str
    password: str = field(repr=False)
    region: str = ""
    access_key_id: str = ""
    secret_access_key: str = field(default="", repr=False)
    ca_certificate: str = ""


@dataclass(frozen=True)
class Limits:
    """deadline_seconds: time for the whole run. Rates in KiB/s. None: no limit. wait_seconds: for the leases of others (lease.py)."""

    deadline_seconds: float | None = None
    upload_kib_per_second: int | None = None
    download_kib_per_second: int | None = None
    wait_seconds: float | None = 0


@dataclass(frozen=True)
class Request:
    """What every command is given; `fields` has the rest, read by the accessors below."""

    repository: RepositoryAccess | None
    target: str
    limits: Limits
    fields: dict[str, Any]

    def access(self) -> RepositoryAccess:
        if self.repository is None:
            raise invalid("repository", "is missing")
        return self.repository

    def secrets(self) -> list[str]:
        """Every value that must not be printed."""
        found: list[Any] = [self.repository.password, self.repository.secret_access_key] if self.repository else []
        found += [self.fields.get(each) for each in ("newPassword", "heartbeatUrl")]
        return [each for each in found if isinstance(each, str) and each != ""]

    def redact(self, text: str) -> str:
        """The text without our secrets, wherever it comes from."""
        for secret in self.secrets():
            text = text.replace(secret, "***")
        return text


def invalid(name: str, claim: str) -> Failure:
    return Failure("request", "Cannot read the request", f'"{name}" {claim}', "The program that called this is wrong: report it")


def read_request(document: object) -> Request:
    """Checks a decoded request. Raises Failure "request"."""
    if not isinstance(document, dict):
        raise invalid("the document", "is not an object")
    fields: dict[str, Any] = document  # pyright: ignore[reportUnknownVariableType]
    given = optional_object(fields, "limits")
    limits = Limits(
        deadline_seconds=_number(given, "deadlineSeconds"),
        upload_kib_per_second=_whole(given, "uploadKiBps"),
        download_kib_per_second=_whole(given, "downloadKiBps"),
        wait_seconds=_number(given, "waitSeconds") or 0,
    )
    target = fields.get("target", "default")
    if not isinstance(target, str) or not TARGET.fullmatch(target):
        raise invalid("target", "is not a plain word")
    repository = _access(object_of(fields, "repository")) if "repository" in fields else None
    return Request(repository, target, limits, fields)


def _access(given: dict[str, Any]) -> RepositoryAccess:
    return RepositoryAccess(
        url=text_of(given, "url"),
        password=text_of(given, "password"),
        region=optional_text(given, "region"),
        access_key_id=optional_text(given, "accessKeyId"),
        secret_access_key=optional_text(given, "secretAccessKey"),
        ca_certificate=optional_text(given, "caCertificate"),
    )


def volume_id_of(fields: dict[str, Any]) -> str:
    """The id of `volume`, which becomes part of file names."""
    found = text_of(object_of(fields, "volume"), "id")
    if not UUID.fullmatch(found):
        raise invalid("volume.id", "is not a UUID")
    return found


def text_of(given: dict[str, Any], name: str) -> str:
    found = given.get(name)
    if not isinstance(found, str) or found == "":
        raise invalid(name, "is missing or no text")
    return found


def optional_text(given: dict[str, Any], name: str) -> str:
    found = given.get(name)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise invalid(name, "is no text")
    return found


def object_of(given: dict[str, Any], name: str) -> dict[str, Any]:
    found = given.get(name)
    if not isinstance(found, dict):
        raise invalid(name, "is missing or no object")
    return found  # pyright: ignore[reportUnknownVariableType]


def optional_object(given: dict[str, Any], name: str) -> dict[str, Any]:
    return object_of(given, name) if given.get(name) is not None else {}


def whole_of(given: dict[str, Any], name: str, default: int, highest: int = 2**31) -> int:
    """A whole number from 0 to `highest`."""
    found = given.get(name, default)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found <= highest:
        raise invalid(name, f"is no whole number from 0 to {highest}")
    return found


def flag_of(given: dict[str, Any], name: str) -> bool:
    found = given.get(name, False)
    if not isinstance(found, bool):
        raise invalid(name, "is neither true nor false")
    return found


def _number(given: dict[str, Any], name: str) -> float | None:
    found = given.get(name)
    if found is None:
        return None
    if not isinstance(found, int | float) or isinstance(found, bool) or found <= 0:
        raise invalid(name, "is no number above 0")
    return float(found)


def _whole(given: dict[str, Any], name: str) -> int | None:
    found = _number(given, name)
    return None if found is None else max(1, round(found))
