"""AWS's Runtime Interface Emulator, as aws-sam-cli ships it: starts a function as Lambda does, without a container."""

import http.client
import json
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.stack.processes import HOST, ROOT, Process, free_port

_INIT = re.compile(r"INIT REPORT\(durationMs: ([0-9.]+)\)")
_INVOKE = re.compile(r"INVOKE RTDONE\(status: success, .*duration: ([0-9.]+)ms\)")
_MACHINES = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
_PATH = "/2015-03-31/functions/function/invocations"
_PATIENCE = 60


class EmulatorMissing(Exception):
    """Something that a cold start needs is not here; the message says what, and how to get it."""


@dataclass(frozen=True)
class ColdStart:
    """Seconds."""

    init: float
    """From the start of the runtime's process to its first request for work."""
    first: float
    """The first invocation."""


@dataclass(frozen=True)
class Emulator:
    """The emulator and the runtime's client that it starts."""

    program: Path
    runtime: Path
    """Folder with awslambdaric."""

    @classmethod
    def here(cls, scratch: Path) -> "Emulator":
        """Find and prepare it.

        Raises:
            EmulatorMissing: not Linux, or something is not installed.
        """
        if sys.platform != "linux":
            raise EmulatorMissing("The Runtime Interface Emulator runs on Linux alone.")
        name = f"aws-lambda-rie-{_MACHINES.get(platform.machine(), platform.machine())}"
        shipped = next((ROOT / ".venv-sam").glob(f"lib/python3*/site-packages/samcli/local/rapid/{name}"), None)
        if shipped is None:
            raise EmulatorMissing(f"{name} is not in .venv-sam; `make setup-sam` installs it.")
        program = scratch / name
        shutil.copyfile(shipped, program)
        program.chmod(0o755)  # the wheel does not say that it is a program
        return cls(program, _runtime())

    def start(self, folder: Path, handler: str, env: Mapping[str, str], event: Any, scratch: Path) -> ColdStart:
        """Start a function's environment, invoke it once, and stop it."""
        port, runtime_port = free_port(), free_port()
        command = [str(self.program)]
        command += ["--runtime-interface-emulator-address", f"{HOST}:{port}"]
        command += ["--runtime-api-address", f"{HOST}:{runtime_port}"]
        command += [sys.executable, "-S", "-m", "awslambdaric", handler]
        log = scratch / "emulator.log"
        log.unlink(missing_ok=True)
        with Process("emulator", command, log=log, port=port, env=env, cwd=folder):
            _invoke(port, event)
        printed = log.read_text()
        init, invoked = _INIT.search(printed), _INVOKE.search(printed)
        if init is None or invoked is None:
            raise RuntimeError(f"the emulator reported no cold start:\n{printed}")
        return ColdStart(float(init[1]) / 1000, float(invoked[1]) / 1000)


def _invoke(port: int, event: Any) -> None:
    connection = http.client.HTTPConnection(HOST, port, timeout=_PATIENCE)
    try:
        connection.request("POST", _PATH, json.dumps(event))
        answer = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    if answer is not None and answer.get("statusCode", 200) != 200:  # noqa: PLR2004 - HTTP's
        raise RuntimeError(f"the function answered {answer}")


def _runtime() -> Path:
    """The folder with AWS's client of the Runtime API, installed where it is not yet as its requirements say."""
    requirements = ROOT / "requirements" / "bench.txt"
    folder = ROOT / ".local" / "bench" / "runtime"
    stamp = folder / ".made-from"
    if stamp.exists() and stamp.read_text() == requirements.read_text():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    uv = subprocess.run([str(ROOT / "tools" / "setup.sh"), "uv"], stdout=subprocess.PIPE, text=True, check=False)
    if uv.returncode:
        raise EmulatorMissing("uv, which installs awslambdaric, can't be had here.")
    # With bytecode, as in Lambda's own image.
    install = [uv.stdout.strip(), "pip", "install", "--quiet", "--require-hashes", "--compile-bytecode"]
    install += ["--python", sys.executable, "--target", str(folder), "-r", str(requirements)]
    subprocess.run(install, check=True)
    stamp.write_text(requirements.read_text())
    return folder
