"""What restic's messages and exit codes mean, by the texts of 0.14, 0.16 and 0.18 (test/vectors/restic has them)."""

import json
import re
from collections import Counter

from repository.store_certificate import UNTRUSTED_NEXT
from runtime.failure import Failure

# From 0.17 on it has some of its own (restic's manual, "Exit codes"); all else is 1.
_EXIT_CODES = {10: "absent", 11: "locked", 12: "password"}
RESTORE_NEXT = (
    "Restore another recovery point, bring the damaged objects back from the bucket's older versions, or drop what is damaged with 'pulumi-lvm repair'"
)

# In the order in which it is looked for: code, pattern, what to do.
_CAUSES = (
    ("password", r"wrong password or no key found",
     "Check the target's master key: the repository was made with another one"),
    ("locked", r"repository is already locked",
     "Another program works on the repository; a lock that its owner left behind expires after 30 minutes"),
    ("exists", r"config file already exists|repository .*already initialized", "Use the repository that is there"),
    ("credentials", r"access ?denied|InvalidAccessKeyId|SignatureDoesNotMatch|signature we calculated|access key id you provided|403 forbidden",
     "Check the target's access key: it was revoked, or its policy does not allow this"),
    ("bucket", r"NoSuchBucket|bucket does not exist", "Check the target's bucket: it is not there"),
    ("tls", r"x509:|tls: |certificate", UNTRUSTED_NEXT),
    # Only what was read and is wrong, or is not where it has to be. That something could not be read is said in the same sentences, such as
    # "error loading index", with the store's words behind it.
    ("damaged", r"ciphertext verification failed|invalid data returned|not found in (index|repository)|pack id does not match"
     r"|unexpected (pack id|file size)|hash mismatch|wrong data returned|invalid (hash|header length)|file is too short"
     r"|pack [0-9a-f]+: (does not exist|not in repo|missing)"
     r"|(ReadFull\(<\w+/\w+>\)|StreamPack): (open [^:]*: no such file|the specified key does not exist)",
     RESTORE_NEXT),
    ("unreachable", r"dial tcp|no such host|connection (refused|reset)|broken pipe|use of closed network connection|timeout|timed out|context deadline exceeded"
     r"|\bEOF\b|goaway|http2: |SlowDown|reduce your request rate|\b50[0-9] [a-z]|internal[ _]?error|service ?unavailable|please try again|transport connection broken",
     "Check the network between this host and the store, and the store itself"),
    # Only when the store says so: restic asks "Is there a repository at the following location?" after every error here.
    ("absent", r"unable to open config file.*(no such file|does not exist)",
     "Check the target's bucket and prefix: the volume was never backed up there, or its repository was removed"),
    ("full", r"no space left on device", "Make room where the repository or restic's cache is"),
)  # fmt: skip

# In a file there is no network that ends early.
_SHORT = re.compile(r"unexpected EOF")
_UNKNOWN = "Look at the message of restic, and run it again after the cause is gone"

# A try that was not the last one says nothing about how it ended.
_TRY = re.compile(r"returned error, retrying after|operation successful after")

# How it says that it will ask the store again for a pack that is not there, or not as long as it was. Before 0.17 it does so ten times for
# each piece of the pack: two minutes for each pack that is lost, and hours when many are.
_TRIED_PACK = re.compile(r"Load\(<data/(\w+)>.* returned error, retrying after .*(no such file or directory|key does not exist|unexpected EOF)")
# What its check says of the store's own listing.
_OTHER_SIZE = re.compile(r"pack (\w+): unexpected file size")
# A store may need a moment to show what was just written: within these it had two seconds.
LOST_TRIES = 3

_ACTIONS = {
    "backup": "send to",
    "restore": "restore from",
    "dump": "read from",
    "check": "verify",
    "init": "make",
    "forget": "forget in",
    "key": "change the keys of",
    "unlock": "unlock",
    "prune": "prune",
    "tag": "mark in",
}
SHOWN_CHARACTERS = 1500


def _lines(stderr: str) -> list[str]:
    """With --json restic 0.17 and newer wrap the last message: {"message_type": "exit_error", "code", "message"}."""
    return [part for line in stderr.splitlines() for part in _message(line).splitlines()]


def _words(lines: list[str]) -> str:
    return " ".join(word for line in lines for word in line.split())


def _message(line: str) -> str:
    try:
        found = json.loads(line) if line.startswith("{") else None
        return line if found is None else str(found["message"])
    except (ValueError, KeyError, TypeError):
        return line


def _action(arguments: tuple[str, ...]) -> str:
    return _ACTIONS.get(arguments[0], "read")


def failure_of_restic(arguments: tuple[str, ...], url: str, exit_code: int, stderr: str) -> Failure:
    """The Failure of a run of restic. Its code is "restic" when nothing is known of what it said."""
    lines = _lines(stderr)
    text = _words(lines)
    half = SHOWN_CHARACTERS // 2
    shown = text if len(text) <= SHOWN_CHARACTERS else f"{text[:half]} … {text[-half:]}"
    code = _code_of(lines, url, exit_code)
    next_step = next((next for known, _, next in _CAUSES if known == code), _UNKNOWN)
    return Failure(code, f"Cannot {_action(arguments)} {url}", f'"restic {arguments[0]}" ended with exit code {exit_code}: {shown}', next_step)


def _code_of(lines: list[str], url: str, exit_code: int) -> str:
    if exit_code in _EXIT_CODES:
        return _EXIT_CODES[exit_code]
    # Without the address: a bucket may be called "certificates", and a prefix "errors".
    message = re.sub(r"\S+://\S+", "", _words([line for line in lines if not _TRY.search(line)])).replace(url, "")
    found = next((code for code, pattern, _ in _CAUSES if re.search(pattern, message, re.IGNORECASE)), "restic")
    return "damaged" if found == "unreachable" and url.startswith("/") and _SHORT.search(message) else found


def ended_early(failure: Failure) -> bool:
    """Whether less came from the store than was asked for: by the network, or because there is no more of it."""
    return failure.code == "unreachable" and _SHORT.search(failure.detail) is not None


def find_lost_pack(stderr: str, url: str) -> str | None:
    """What is wrong with a pack that the store turned out not to have as it was, by what a restic under way has printed; None if nothing is."""
    sizes = _OTHER_SIZE.findall(stderr)
    for (pack, reason), count in Counter(_TRIED_PACK.findall(stderr)).items():
        if count < LOST_TRIES:
            continue
        if not _SHORT.search(reason):
            return f"the store does not have pack {pack}, which the repository needs"
        # The network may have ended early, unless there is none or the listing says the same.
        if url.startswith("/") or any(each.startswith(pack) for each in sizes):
            return f"pack {pack} is not as long as it was"
    return None


def failure_of_lost_pack(arguments: tuple[str, ...], url: str, reason: str) -> Failure:
    """The Failure of a run of restic that was ended for a pack that find_lost_pack() found."""
    return Failure("damaged", f"Cannot {_action(arguments)} {url}", reason, RESTORE_NEXT)
