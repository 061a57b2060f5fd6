"""The restic repository: one a volume and target. Everything in it can be read with restic alone."""

import ctypes
import json
import os
import re
import select
import signal
import socket
import ssl
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from repository.store_certificate import UNTRUSTED_NEXT, trusting
from runtime.command import PR_SET_PDEATHSIG, environment
from runtime.failure import Failure
from runtime.interruption import shielded
from runtime.request import Limits, RepositoryAccess
from runtime.state_files import RUN

CONNECT_SECONDS = 10
END_SECONDS = 10
POLL_BYTES = 1 << 16

# How restic says that it will ask the store again for a pack that is not there. Before 0.17 it does so ten times for each piece of the pack: two
# minutes for each pack that is lost, and hours when many are.
_ABSENT_PACK = re.compile(rb"Load\(<data/(\w+)>.* returned error, retrying after .*(?:no such file or directory|key does not exist)")
# A store may need a moment to show what was just written: within these it had two seconds.
ABSENT_TRIES = 3

# What restic 0.14 prints, in the order in which it is looked for: code, pattern, what to do.
_CAUSES = (
    ("password", r"wrong password or no key found",
     "Check the target's master key: the repository was made with another one"),
    ("locked", r"repository is already locked",
     "Another program works on the repository; a lock that its owner left behind expires after 30 minutes"),
    ("credentials", r"access ?denied|InvalidAccessKeyId|SignatureDoesNotMatch|signature we calculated|access key id you provided|403 forbidden",
     "Check the target's access key: it was revoked, or its policy does not allow this"),
    ("bucket", r"NoSuchBucket|bucket does not exist", "Check the target's bucket: it is not there"),
    ("tls", r"x509:|tls: |certificate", UNTRUSTED_NEXT),
    ("unreachable", r"dial tcp|no such host|connection refused|connection reset|i/o timeout|(?<!unexpected )EOF|503 |500 internal",
     "Check the network between this host and the store, and the store itself"),
    # Only when the store says so: restic asks "Is there a repository at the following location?" after every error here.
    ("absent", r"unable to open config file.*(no such file|does not exist)",
     "Check the target's bucket and prefix: the volume was never backed up there, or its repository was removed"),
    ("full", r"no space left on device", "Make room where the repository or restic's cache is"),
    ("damaged", r"ciphertext verification failed|invalid data returned|not found in (index|repository)|unable to load|hash mismatch"
     r"|pack .* (does not exist|not in repo|missing)|fatal: repository contains errors|error loading index|failed to load|invalid header|blob .* (wrong|invalid)"
     r"|id .* not found|unexpected EOF|packs? (is|are) not|errors",
     "Restore another recovery point, or bring the damaged objects back from the bucket's older versions"),
)  # fmt: skip


class Repository:
    """One repository, with the environment and options that every restic command gets."""

    def __init__(self, access: RepositoryAccess, limits: Limits, cache: Path | None) -> None:
        """cache: folder for restic's cache; None for none."""
        self.access = access
        self._limits = limits
        self._cache = cache

    def check_reachable(self) -> None:
        """Connects to the store once: restic itself tries for 15 minutes. Raises Failure "unreachable" or "tls"."""
        if not self.access.url.startswith("s3:"):
            return
        address = self.access.url.removeprefix("s3:")
        parts = urlsplit(address if "//" in address else f"https://{address}")
        port = parts.port or (80 if parts.scheme == "http" else 443)
        try:
            with socket.create_connection((parts.hostname or "", port), timeout=CONNECT_SECONDS) as connection:
                if parts.scheme != "http":
                    trusting(self.access.ca_certificate).wrap_socket(connection, server_hostname=parts.hostname).close()
        except ssl.SSLCertVerificationError as error:
            raise Failure("tls", f"Cannot trust the store of {self.access.url}", str(error), UNTRUSTED_NEXT) from error
        except ssl.SSLError:
            # Nothing about whom to trust: restic may come to terms with the store, and says so if not.
            return
        except OSError as error:
            raise Failure(
                "unreachable",
                f"Cannot reach the store of {self.access.url}",
                f"connecting to {parts.hostname} port {port} failed: {error}",
                "Check the network between this host and the store, and the store itself",
            ) from error

    def run(self, *arguments: str, secret_input: str | None = None, cwd: Path | None = None) -> str:
        """Runs restic and returns its stdout. secret_input: what it finds in the file {secret} of its arguments.

        Raises Failure with a code of what restic said, such as "absent", "password", "locked" or "damaged".
        """
        with self.started(*arguments, secret_input=secret_input, cwd=cwd) as stdout:
            return stdout.read().decode(errors="replace")

    @contextmanager
    def started(
        self,
        *arguments: str,
        secret_input: str | None = None,
        cwd: Path | None = None,
        stdin: IO[bytes] | None = None,
        time_zone: str = "UTC",
        said: IO[bytes] | None = None,
    ) -> Generator[IO[bytes], None, None]:
        """Runs restic while the block reads its stdout. It is killed when the block is left by an exception, and when we die.

        time_zone: in which it reads times and stores them. said: a file for its stderr, when the block looks at that.
        """
        with nullcontext(said) if said else tempfile.TemporaryFile() as stderr, _secret_file(secret_input) as (secret, descriptors), self._ca_file() as ca:
            argv = ["ionice", "-c", "3", "nice", "-n", "10", "restic", *ca, *self._options(), *(a.format(secret=secret) for a in arguments)]
            with shielded():
                process = subprocess.Popen(
                    argv, stdin=stdin or subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, cwd=cwd,
                    env={**self._environment(), "TZ": time_zone}, pass_fds=descriptors, preexec_fn=_die_with_parent,
                )  # fmt: skip
            assert process.stdout is not None
            try:
                yield process.stdout
                process.stdout.read()
                process.wait()
            except BaseException:
                with shielded():
                    _end(process)
                raise
            finally:
                process.stdout.close()
            if process.returncode != 0:
                stderr.seek(0)
                raise self._failure(arguments, process.returncode, stderr.read().decode(errors="replace"))

    def restore(self, *arguments: str, tick: Callable[[], None]) -> None:
        """Lets restic restore, and calls tick each second meanwhile. Raises Failure "damaged" once a pack turns out to be lost."""
        with tempfile.TemporaryFile() as said, self.started("restore", *arguments, said=said) as stdout:
            for _ in _seconds_until_end(stdout):
                tick()
                self._refuse_absent_pack(said)

    def snapshots(self) -> list[dict[str, Any]]:
        """All snapshots as restic describes them."""
        return json.loads(self.run("snapshots", "--json", "--no-lock")) or []

    def initialise(self) -> None:
        """Makes the repository; one that another run has just made is fine."""
        try:
            self.run("init")
        except Failure as failure:
            if "already" not in failure.detail:
                raise

    def unlock(self) -> None:
        """Removes the locks of processes of this host that are dead, and those older than 30 minutes."""
        self.run("unlock")

    def unlocking(self, act: Callable[[], str]) -> str:
        """Does something that needs a lock; once more after removing stale locks, when there is one."""
        try:
            return act()
        except Failure as failure:
            if failure.code != "locked":
                raise
        self.unlock()
        return act()

    def _refuse_absent_pack(self, said: IO[bytes]) -> None:
        # restic writes at the position that it shares with us: reading must not move it.
        tries = Counter(_ABSENT_PACK.findall(os.pread(said.fileno(), POLL_BYTES, 0)))
        for pack, count in tries.items():
            if count >= ABSENT_TRIES:
                raise Failure(
                    "damaged",
                    f"Cannot restore from {self.access.url}",
                    f"the store does not have pack {pack.decode()}, which the repository needs",
                    "Restore another recovery point, or bring the damaged objects back from the bucket's older versions",
                )

    def _options(self) -> list[str]:
        cache = ["--no-cache"] if self._cache is None else ["--cache-dir", str(self._cache)]
        rates = (("--limit-upload", self._limits.upload_kib_per_second), ("--limit-download", self._limits.download_kib_per_second))
        return [*cache, *(part for option, rate in rates if rate is not None for part in (option, str(rate)))]

    def _environment(self) -> dict[str, str]:
        """Secrets go by the environment of the process, which only root can read (proc(5))."""
        access = self.access
        given = {
            "RESTIC_REPOSITORY": access.url,
            "RESTIC_PASSWORD": access.password,
            "RESTIC_PROGRESS_FPS": "1",
            "AWS_ACCESS_KEY_ID": access.access_key_id,
            "AWS_SECRET_ACCESS_KEY": access.secret_access_key,
            "AWS_DEFAULT_REGION": access.region,
        }
        return {**environment(), **{name: value for name, value in given.items() if value}}

    @contextmanager
    def _ca_file(self) -> Generator[list[str], None, None]:
        if self.access.ca_certificate == "":
            yield []
            return
        RUN.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=RUN, prefix="ca-", suffix=".pem") as file:
            file.write(self.access.ca_certificate)
            file.flush()
            yield ["--cacert", file.name]

    def _failure(self, arguments: tuple[str, ...], code: int, stderr: str) -> Failure:
        text = " ".join(stderr.split())
        shown = text if len(text) < 1500 else f"{text[:700]} … {text[-700:]}"
        # Restic names the store in its messages, and a bucket may be called "certificates" or "errors".
        said = re.sub(r"\S+://\S+", "", text)
        named = next(((name, cure) for name, pattern, cure in _CAUSES if re.search(pattern, said, re.IGNORECASE)), None)
        name, cure = named or ("restic", "Look at the message of restic, and run it again after the cause is gone")
        return Failure(name, f"Cannot {_action(arguments)} {self.access.url}", f'"restic {arguments[0]}" ended with exit code {code}: {shown}', cure)


def _seconds_until_end(stdout: IO[bytes]) -> Generator[None, None, None]:
    """Goes on each second until restic ends, which says little meanwhile."""
    while True:
        if select.select([stdout], [], [], 1)[0] and not os.read(stdout.fileno(), POLL_BYTES):
            return
        yield


def _action(arguments: tuple[str, ...]) -> str:
    words = {"backup": "send to", "restore": "restore from", "dump": "read from", "check": "verify", "init": "make", "forget": "forget in",
             "key": "change the keys of", "unlock": "unlock", "prune": "prune", "tag": "mark in"}  # fmt: skip
    return words.get(arguments[0], "read")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends restic. By SIGINT it takes its lock away, if the store lets it."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@contextmanager
def _secret_file(secret: str | None) -> Generator[tuple[str, tuple[int, ...]], None, None]:
    """A pipe to read a secret from, as a path that only the child that gets its descriptor can use."""
    if secret is None:
        yield "", ()
        return
    reader, writer = os.pipe()
    try:
        # A pipe takes 64 KiB without a reader (pipe(7)).
        os.write(writer, secret.encode())
        os.close(writer)
        yield f"/proc/self/fd/{reader}", (reader,)
    finally:
        os.close(reader)
