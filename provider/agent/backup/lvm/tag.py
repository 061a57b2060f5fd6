"""Tags of LVM and of restic: the same encoding as provider/model/tag.ts, so that any text fits (restic splits tags at commas)."""

from collections.abc import Iterable

PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+./=!:&-")


def encode(text: str) -> str:
    """Puts text into a tag's alphabet: what does not fit becomes "#" and two hex digits per UTF-8 byte."""
    return "".join(chr(byte) if byte in PLAIN else f"#{byte:02x}" for byte in text.encode())


def decode(text: str) -> str:
    """The reverse of encode. Raises ValueError for what encode never makes."""
    first, *rest = text.split("#")
    return b"".join([first.encode(), *(bytes([int(part[:2], 16)]) + part[2:].encode() for part in rest)]).decode()


def tag(key: str, value: str) -> str:
    return f"{key}={encode(value)}"


def value_of(tags: Iterable[str], key: str) -> str | None:
    """The value of the tag KEY=VALUE, decoded; the first one when there are several, None when there is none."""
    return next(iter(values_of(tags, key)), None)


def values_of(tags: Iterable[str], key: str) -> list[str]:
    """The values of all tags KEY=VALUE, decoded."""
    return [decode(each[len(key) + 1 :]) for each in tags if each.startswith(f"{key}=")]
