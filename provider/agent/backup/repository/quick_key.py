"""A key of a repository that opens it at once.

restic makes its keys so that each try of a password takes half a second of CPU and 60 MiB (scrypt), against passwords that can be guessed.
Ours has 256 bits, which nobody guesses, and each of a run's restic commands would pay that half second. restic has no option for it, but
opens a key whatever its cost. The format: restic's doc/design.rst, "Keys, Encryption and MAC".
"""

import base64
import hashlib
import json
import os
import socket
from pathlib import Path
from typing import Any

from repository.poly1305_aes import seal
from repository.repository import Repository
from repository.s3_objects import S3Objects
from runtime import utc
from runtime.failure import Failure
from runtime.request import RepositoryAccess
from runtime.state_files import write_file

SALT_BYTES = 64
# scrypt's cost, block size and parallelism: 1 MiB and a few milliseconds.
COST, BLOCK, PARALLEL = 1024, 8, 1


def add_quick_key(repository: Repository, password: str) -> Repository:
    """Adds a key of a password to a repository that another key opens. Returns the repository as that key opens it, tried already.

    Raises Failure of restic or the store, and "quick-key" when this host's Python cannot encrypt it.
    """
    master = json.loads(repository.run("cat", "masterkey", "--no-lock"))
    text = key_file(master, password, os.urandom(SALT_BYTES), os.urandom(16))
    id = hashlib.sha256(text).hexdigest()
    _put(repository.access, f"keys/{id}", text)
    quick = repository.by_key(id, password)
    if not any(id.startswith(each["id"]) for each in quick.keys() if each["current"]):
        raise Failure("quick-key", "Cannot add a key", "restic does not open the repository by it", "Report it: this should not be")
    return quick


def quicken(repository: Repository) -> None:
    """Puts a quick key in place of the one that restic has just made. Where that fails, the repository is only slower to open."""
    try:
        quick = add_quick_key(repository, repository.access.password)
        others = [each["id"] for each in quick.keys() if not each["current"]]
        # More than one: somebody adds keys at this moment, and they are not ours to remove.
        if len(others) == 1:
            quick.run("key", "remove", others[0])
    except Failure:
        pass


def key_file(master: dict[str, Any], password: str, salt: bytes, nonce: bytes) -> bytes:
    """What restic stores for a password. master: the repository's own keys, as "restic cat masterkey" prints them.

    Raises Failure "quick-key".
    """
    try:
        derived = hashlib.scrypt(password.encode(), salt=salt, n=COST, r=BLOCK, p=PARALLEL, dklen=64)
    except (AttributeError, ValueError) as error:
        # Built without it, or not allowed to (FIPS).
        raise Failure("quick-key", "Cannot make a key", f"{error}", "Use the Python of the host's own distribution") from error
    fields = {
        "created": utc.now(),
        "username": "root",
        "hostname": socket.gethostname(),
        "kdf": "scrypt",
        "N": COST,
        "r": BLOCK,
        "p": PARALLEL,
        "salt": _base64(salt),
        "data": _base64(seal(json.dumps(master).encode(), nonce, derived[:32], derived[32:48], derived[48:])),
    }
    return json.dumps(fields).encode()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _put(access: RepositoryAccess, name: str, text: bytes) -> None:
    if access.url.startswith("s3:"):
        S3Objects(access).put(name, text.decode())
    else:
        write_file(Path(access.url) / name, text.decode())
