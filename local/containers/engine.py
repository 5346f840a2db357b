"""The container engine of this machine; on request it is installed and started."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping

from local.stack.processes import ROOT, Process

INSTALL = "E2E_INSTALL_DOCKER"
"""Set to 1 on a Debian machine that may be changed (CI): Docker is installed and started, as root."""
_START_TIMEOUT = 60.0
_STOP_GRACE = 30.0


class EngineMissing(Exception):
    """No container engine answers, and none can be started; the message says what to do."""


class Engine:
    """A container engine that answers, as the `docker` command reaches it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = {**os.environ, **env}
        # Only the command's context tells where Docker Desktop and others listen, and SAM does not read it.
        self.env = {"DOCKER_HOST": self.run("context", "inspect", "--format", "{{.Endpoints.docker.Host}}").strip()}
        """The variables that tell SAM where the engine is."""

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
    """The machine's engine; where it has none and `INSTALL` is set, one that runs for as long as the block does.

    Raises:
        EngineMissing: there is none.
    """
    if not _answers({}):
        install("dockerd", package="docker.io")
    if _answers({}):  # where systemd runs, installing has started it
        yield Engine({})
        return
    if os.environ.get(INSTALL) != "1" or not shutil.which("dockerd"):
        raise EngineMissing(
            f"no container engine answers: start Docker, or set {INSTALL}=1 as root on Debian to install it"
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
    """Install a missing program on Debian as root, where `INSTALL` allows it.

    Raises:
        EngineMissing: apt-get failed; its messages are on standard error.
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
    """Run a Docker daemon with its images in `.local`; yields the variables with which clients find it."""
    state = ROOT / ".local" / "e2e"
    state.mkdir(parents=True, exist_ok=True)
    # Sockets are in a temporary folder, since a socket's path has at most 108 bytes.
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
