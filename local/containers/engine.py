"""The container engine: the one that answers, or, where that is asked for, one that is installed and started."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping

from local.stack.processes import ROOT, Process

INSTALL = "E2E_INSTALL_DOCKER"
"""Set to 1 on a Debian machine that may be changed (CI): allows to install and start Docker, as root."""
_START_TIMEOUT = 60.0
_STOP_GRACE = 30.0


class EngineMissing(Exception):
    """No container engine answers, and none may or can be started; the message says what to do."""


class Engine:
    """A container engine that answers, as the `docker` command reaches it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = {**os.environ, **env}
        # Docker Desktop and others listen where only the command's context tells, which SAM does not read.
        self.env = {"DOCKER_HOST": self.run("context", "inspect", "--format", "{{.Endpoints.docker.Host}}").strip()}
        """What tells SAM where the engine is."""

    def run(self, *arguments: str, timeout: float | None = None, stdin: int | None = None) -> str:
        """Return what `docker ARGUMENTS` prints.

        Raises:
            subprocess.CalledProcessError: it fails.
            subprocess.TimeoutExpired: it took more than `timeout` seconds.
        """
        command = ["docker", *arguments]
        return subprocess.run(
            command, check=True, stdout=subprocess.PIPE, text=True, env=self._env, timeout=timeout, stdin=stdin
        ).stdout


@contextlib.contextmanager
def container_engine() -> Iterator[Engine]:
    """The machine's engine; one of our own, for as long as it is used, where there is none and `INSTALL` is set.

    Raises:
        EngineMissing: no engine.
    """
    if not _answers({}):
        install("dockerd", package="docker.io")
    if _answers({}):  # also where installing started it, as on a machine with systemd
        yield Engine({})
        return
    if os.environ.get(INSTALL) != "1" or not shutil.which("dockerd"):
        raise EngineMissing(
            f"no container engine answers: start Docker, or, as root on a Debian machine, {INSTALL}=1 installs it"
        )
    with _daemon() as env:
        yield Engine(env)


def _answers(env: Mapping[str, str]) -> bool:
    command = ["docker", "version", "--format", "{{.Server.Version}}"]
    try:
        return subprocess.run(command, capture_output=True, env={**os.environ, **env}, check=False).returncode == 0
    except FileNotFoundError:
        return False


def install(program: str, *, package: str) -> None:
    """Install a program that is missing, where that is allowed (`INSTALL`) and can be done: Debian, as root.

    Raises:
        EngineMissing: apt-get failed; its own words are on standard error.
    """
    allowed = os.environ.get(INSTALL) == "1" and os.geteuid() == 0
    if not allowed or shutil.which(program) or not shutil.which("apt-get"):
        return
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", package]):
        if subprocess.run(["apt-get", "-qq", *arguments], check=False, env=env).returncode:
            raise EngineMissing(f"{package} can't be installed on this machine: apt-get {arguments[0]} failed")


@contextlib.contextmanager
def _daemon() -> Iterator[dict[str, str]]:
    """A Docker daemon of our own, with its images in `.local`; yields the variables that lead to it."""
    state = ROOT / ".local" / "e2e"
    state.mkdir(parents=True, exist_ok=True)
    # Sockets elsewhere: a socket's path has at most 108 bytes.
    with tempfile.TemporaryDirectory(prefix="dockerd-") as scratch:
        env = {"DOCKER_HOST": f"unix://{scratch}/docker.sock"}
        command = ["dockerd", "--host", env["DOCKER_HOST"], "--data-root", str(state / "docker")]
        command += ["--exec-root", f"{scratch}/exec", "--pidfile", f"{scratch}/pid"]
        daemon = Process("dockerd", command, log=state / "dockerd.log")
        daemon.log.unlink(missing_ok=True)
        daemon.start()
        try:
            _wait_for(daemon, env)
            yield env
        finally:
            daemon.stop(_STOP_GRACE)


def _wait_for(daemon: Process, env: Mapping[str, str]) -> None:
    deadline = time.monotonic() + _START_TIMEOUT
    while not _answers(env):
        if daemon.exit_code is not None or time.monotonic() > deadline:
            tail = daemon.log.read_text(errors="replace")[-2000:]
            raise EngineMissing(f"dockerd does not start on this machine; the end of {daemon.log}:\n{tail}")
        time.sleep(0.1)
