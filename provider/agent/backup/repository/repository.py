"""The restic repository: one a volume and target. Everything in it can be read with restic alone."""

import json
import os
import select
import signal
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, TypeVar
from urllib.parse import urlsplit

from repository.restic_messages import ended_early, failure_of_lost_pack, failure_of_restic, find_lost_pack
from repository.restic_options import global_options, restic_environment
from repository.store_certificate import UNTRUSTED_NEXT, trusting
from runtime.command import die_with_parent
from runtime.failure import Failure
from runtime.interruption import shielded
from runtime.request import Limits, RepositoryAccess
from runtime.state_files import RUN

Result = TypeVar("Result")

CONNECT_SECONDS = 10
END_SECONDS = 10
POLL_BYTES = 1 << 16
# The commands that need every pack that they ask for. A backup can do without one.
READERS = ("check", "dump", "restore")


class Repository:
    """One repository, with the environment and options that every restic command gets."""

    def __init__(self, access: RepositoryAccess, limits: Limits, cache: Path | None, key: str | None = None) -> None:
        """cache: folder for restic's cache; None for none. key: the id of the key that is tried first; None for the store's order."""
        self.access = access
        self._limits = limits
        self._cache = cache
        self._key = key

    def check_reachable(self) -> None:
        """Connects to the store once: restic itself tries for 15 minutes. Raises Failure "unreachable" or "tls"."""
        if not self.access.url.startswith("s3:"):
            return
        host, port = address_of(self.access.url)
        try:
            with socket.create_connection((host, port), timeout=CONNECT_SECONDS) as connection:
                if not self.access.url.startswith("s3:http:"):
                    trusting(self.access.ca_certificate).wrap_socket(connection, server_hostname=host).close()
        except ssl.SSLCertVerificationError as error:
            raise Failure("tls", f"Cannot trust the store of {self.access.url}", str(error), UNTRUSTED_NEXT) from error
        except ssl.SSLError:
            # Nothing about whom to trust: restic may come to terms with the store, and says so if not.
            return
        except OSError as error:
            raise Failure(
                "unreachable",
                f"Cannot reach the store of {self.access.url}",
                f"connecting to {host} port {port} failed: {error}",
                "Check the network between this host and the store, and the store itself",
            ) from error

    def run(
        self,
        *arguments: str,
        secret_input: str | None = None,
        cwd: Path | None = None,
        tick: Callable[[], None] = lambda: None,
    ) -> str:
        """Runs restic and returns its stdout.

        secret_input: what it finds in the file {secret} of its arguments. tick: called at least each second meanwhile.
        Raises Failure with a code of what restic said, such as "absent", "password", "locked" or "damaged", and ends it once a pack that it
        wants to read turns out to be lost.
        """
        printed = bytearray()
        with (
            tempfile.TemporaryFile() as stderr,
            self.started(*arguments, secret_input=secret_input, cwd=cwd, stderr_file=stderr) as stdout,
        ):
            for part in _parts_until_end(stdout):
                printed += part
                tick()
                if arguments[0] in READERS and (reason := find_lost_pack(_end_of(stderr), self.access.url)):
                    raise failure_of_lost_pack(arguments, self.access.url, reason)
        return printed.decode(errors="replace")

    @contextmanager
    def started(
        self,
        *arguments: str,
        secret_input: str | None = None,
        cwd: Path | None = None,
        stdin: IO[bytes] | None = None,
        time_zone: str = "UTC",
        stderr_file: IO[bytes] | None = None,
    ) -> Generator[IO[bytes], None, None]:
        """Runs restic while the block reads its stdout. It is killed when the block is left by an exception, and when we die.

        time_zone: in which it reads times and stores them. stderr_file: for its stderr, when the block looks at that.
        """
        output = nullcontext(stderr_file) if stderr_file else tempfile.TemporaryFile()
        with output as stderr, _secret_file(secret_input) as (secret, descriptors), self._ca_file() as ca:
            options = [*ca, *global_options(self._limits, self._cache), *(["--key-hint", self._key] if self._key is not None else [])]
            argv = ["ionice", "-c", "3", "nice", "-n", "10", "restic", *options, *(a.format(secret=secret) for a in arguments)]
            with shielded():
                process = subprocess.Popen(
                    argv, stdin=stdin or subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, cwd=cwd,
                    env={**restic_environment(self.access), "TZ": time_zone}, pass_fds=descriptors, preexec_fn=die_with_parent,
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
                raise self._told(failure_of_restic(arguments, self.access.url, process.returncode, stderr.read().decode(errors="replace")), arguments)

    def _told(self, failure: Failure, arguments: tuple[str, ...]) -> Failure:
        """The same failure, or the damage behind it: a pack that is shorter than it was reads as a connection that ended too early, and only
        the store's listing, which restic's check compares, tells the one from the other."""
        if arguments[0] == "check" or arguments[0] not in READERS or not ended_early(failure):
            return failure
        try:
            self.run("check", "--no-lock")
        except Failure as found:
            if found.code == "damaged":
                found.is_confirmed = True
                return found
        return failure

    def snapshots(self) -> list[dict[str, Any]]:
        """All snapshots as restic describes them."""
        return json.loads(self.run("snapshots", "--json", "--no-lock")) or []

    def keys(self) -> list[dict[str, Any]]:
        """The keys as restic describes them; the one that opened the repository has "current"."""
        return json.loads(self.run("key", "list", "--json", "--no-lock"))

    def by_key(self, key: str, password: str) -> "Repository":
        """The same repository, opened by another key. key: its id. password: of that key."""
        return Repository(replace(self.access, password=password), self._limits, self._cache, key)

    def initialise(self) -> bool:
        """Makes the repository. False for one that another run has just made, which is fine."""
        try:
            self.run("init")
            return True
        except Failure as failure:
            if failure.code != "exists":
                raise
            return False

    def unlock(self) -> None:
        """Removes the locks of processes of this host that are dead, and those older than 30 minutes."""
        self.run("unlock")

    def unlocking(self, act: Callable[[], Result]) -> Result:
        """Does something that needs a lock; once more after removing stale locks, when there is one."""
        try:
            return act()
        except Failure as failure:
            if failure.code != "locked":
                raise
        self.unlock()
        return act()

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


def address_of(url: str) -> tuple[str, int]:
    """Host and port of the store in "s3:https://HOST/BUCKET/PATH"; restic takes "s3:HOST/BUCKET/PATH" too."""
    address = url.removeprefix("s3:")
    parts = urlsplit(address if "//" in address else f"https://{address}")
    return parts.hostname or "", parts.port or (80 if parts.scheme == "http" else 443)


def _parts_until_end(stdout: IO[bytes]) -> Generator[bytes, None, None]:
    """What restic prints until it ends, and nothing each second in which it prints nothing."""
    while True:
        if not select.select([stdout], [], [], 1)[0]:
            yield b""
        elif part := os.read(stdout.fileno(), POLL_BYTES):
            yield part
        else:
            return


def _end_of(stderr: IO[bytes]) -> str:
    # restic writes at the position that it shares with us: reading must not move it.
    size = os.fstat(stderr.fileno()).st_size
    return os.pread(stderr.fileno(), POLL_BYTES, max(0, size - POLL_BYTES)).decode(errors="replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends restic. By SIGINT it takes its lock away, if the store lets it."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


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
