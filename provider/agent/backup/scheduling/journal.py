"""Entries of systemd's journal with fields of their own, by its native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL)."""

import socket
import struct
import sys

SOCKET = "/run/systemd/journal/socket"
INFO, WARNING, ERROR = 6, 4, 3
# Far below what a datagram takes: nothing here is worth more, and a larger one would have to go by a file.
FIELD_CHARACTERS = 8000


def write_entry(message: str, priority: int, fields: dict[str, str]) -> None:
    """Writes one entry; what is "" is left out. A host whose journal does not listen gets it on stderr."""
    entry = {"MESSAGE": message, "PRIORITY": str(priority), "SYSLOG_IDENTIFIER": "pulumi-lvm", **fields}
    data = b"".join(encode_field(name, value[:FIELD_CHARACTERS]) for name, value in entry.items() if value != "")
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as journal:
            journal.settimeout(10)
            journal.connect(SOCKET)
            journal.send(data)
    except OSError as error:
        print(f"{message}\n(the journal could not be written: {error})", file=sys.stderr)


def encode_field(name: str, value: str) -> bytes:
    """A field of the native protocol; one with newlines goes by its length."""
    data = value.encode(errors="replace")
    if b"\n" not in data:
        return name.encode() + b"=" + data + b"\n"
    return name.encode() + b"\n" + struct.pack("<Q", len(data)) + data + b"\n"
