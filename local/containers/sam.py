"""`sam local`, as samcli's command line offers it: one invocation, or an API."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.containers.local_template import LOCAL_TEMPLATE
from local.stack.processes import HOST, ROOT, Process, free_port

SAM = ROOT / ".venv-sam" / "bin" / "sam"
_FUNCTION_TIMEOUT = 120.0
"""Seconds for one command: an image is built, a container started, and the function run."""
_STOP_GRACE = 30.0
_ANSWERS = {"statusCode", "batchItemFailures"}
"""What an answer has to HTTP and to a stream; others say that the handler raised."""


class SamFailed(Exception):
    """The command failed, or the function raised; the message holds what was printed."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """The outcome of an invocation."""

    answer: Any
    seconds: float
    """Of the whole command; most of it is the start of SAM and of the container."""

    @property
    def status(self) -> int | None:
        """The HTTP status answered; None for an event without an answer, or with one that is no HTTP answer."""
        return None if self.answer is None else self.answer.get("statusCode")


class Sam:
    """`sam local` with samcli's configuration for this machine and a file of variables."""

    def __init__(self, env: Mapping[str, str], variables: Path) -> None:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self._env = {**os.environ, **env, "PATH": path, "SAM_CLI_TELEMETRY": "0"}
        options = ["--config-file", str(ROOT / "samconfig.toml"), "--config-env", "local"]
        options += ["--template-file", str(LOCAL_TEMPLATE), "--env-vars", str(variables)]
        self._options = options

    def invoke(self, function: str, event: Path) -> Invocation:
        """Invoke a function, by its name in the template, in a container of its own.

        Raises:
            SamFailed: there is no answer, or it says that the handler raised.
        """
        command = self._command("invoke", [function, "--event", str(event)])
        began = time.monotonic()
        ran = subprocess.run(
            command, capture_output=True, text=True, env=self._env, cwd=ROOT, timeout=_FUNCTION_TIMEOUT, check=False
        )
        seconds = time.monotonic() - began
        try:
            answer = json.loads(ran.stdout)
        except ValueError:
            raise SamFailed(f"{' '.join(command)}\n{ran.stdout}\n{ran.stderr}") from None
        if ran.returncode or (answer is not None and not answer.keys() & _ANSWERS):
            raise SamFailed(f"{function} answered {ran.stdout}\n{ran.stderr}")
        return Invocation(answer, seconds)

    @contextlib.contextmanager
    def api(self, log: Path) -> Iterator[str]:
        """Serve the template's API on a free port; yields its URL."""
        port = free_port()
        command = self._command("start-api", ["--host", HOST, "--port", str(port)])
        api = Process("sam local start-api", command, log=log, port=port, env=self._env)
        api.start()
        try:
            for pause in api.until_ready():
                time.sleep(pause)
            yield f"http://{HOST}:{port}"
        finally:
            api.stop(_STOP_GRACE)

    def _command(self, subcommand: str, arguments: Sequence[str]) -> list[str]:
        return [str(SAM), "local", subcommand, *arguments, *self._options]
