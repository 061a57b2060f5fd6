"""What restic's messages mean, by the texts of 0.14, 0.16 and 0.18 (test/vectors/restic has them).

Its exit code says little: 1 for all of it in 0.14, and for most of it in 0.18.
"""

import json
import re
from collections import Counter

from repository.store_certificate import UNTRUSTED_NEXT
from runtime.failure import Failure

RESTORE_NEXT = "Restore another recovery point, or bring the damaged objects back from the bucket's older versions"

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
    ("unreachable", r"dial tcp|no such host|connection refused|connection reset|i/o timeout|(?<!unexpected )EOF|\b503 |\b500 internal",
     "Check the network between this host and the store, and the store itself"),
    # Only when the store says so: restic asks "Is there a repository at the following location?" after every error here.
    ("absent", r"unable to open config file.*(no such file|does not exist)",
     "Check the target's bucket and prefix: the volume was never backed up there, or its repository was removed"),
    ("full", r"no space left on device", "Make room where the repository or restic's cache is"),
    ("damaged", r"ciphertext verification failed|invalid data returned|not found in (index|repository)|unable to load|hash mismatch"
     r"|pack .* (does not exist|not in repo|missing)|fatal: repository contains errors|error loading index|failed to load|invalid header|blob .* (wrong|invalid)"
     r"|ReadFull\(<\w+/\w+>\): (open .*no such file|the specified key does not exist|file is too short)"
     r"|id .* not found|unexpected EOF|packs? (is|are) not|errors",
     RESTORE_NEXT),
)  # fmt: skip

# How it says that it will ask the store again for a pack that is not there. Before 0.17 it does so ten times for each piece of the pack: two
# minutes for each pack that is lost, and hours when many are.
_ABSENT_PACK = re.compile(r"Load\(<data/(\w+)>.* returned error, retrying after .*(?:no such file or directory|key does not exist)")
# A store may need a moment to show what was just written: within these it had two seconds.
ABSENT_TRIES = 3

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


def _words(stderr: str) -> str:
    """In one line. With --json restic 0.17 and newer wrap the last message: {"message_type": "exit_error", "code", "message"}."""
    return " ".join(word for line in stderr.splitlines() for word in _message(line).split())


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
    text = _words(stderr)
    half = SHOWN_CHARACTERS // 2
    shown = text if len(text) <= SHOWN_CHARACTERS else f"{text[:half]} … {text[-half:]}"
    # It names the store in what it says, and a bucket may be called "certificates" or "errors".
    said = re.sub(r"\S+://\S+", "", text)
    known = next(((code, next) for code, pattern, next in _CAUSES if re.search(pattern, said, re.IGNORECASE)), None)
    code, next_step = known or ("restic", "Look at the message of restic, and run it again after the cause is gone")
    return Failure(code, f"Cannot {_action(arguments)} {url}", f'"restic {arguments[0]}" ended with exit code {exit_code}: {shown}', next_step)


def find_lost_pack(stderr: str) -> str | None:
    """The beginning of the id of a pack that the store turned out not to have, by what a restic under way has printed; None if there is none."""
    tries = Counter(_ABSENT_PACK.findall(stderr))
    return next((pack for pack, count in tries.items() if count >= ABSENT_TRIES), None)


def failure_of_lost_pack(arguments: tuple[str, ...], url: str, pack: str) -> Failure:
    """The Failure of a run of restic that was ended for a pack that find_lost_pack() found."""
    return Failure("damaged", f"Cannot {_action(arguments)} {url}", f"the store does not have pack {pack}, which the repository needs", RESTORE_NEXT)
