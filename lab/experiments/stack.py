"""A local stack of an experiment's own, or one that runs already."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from local.stack.description import Description
from local.stack.folders import NoStack, find
from local.stack.processes import ROOT, Process, ProcessFailed, free_port

_START_SECONDS = 180.0
_POLL_SECONDS = 0.5
_DEADLINE_MS = "2000"
"""Of the scores, in place of 50: on a busy machine they come late, and a page is to be what its weight makes of
them."""


@contextlib.contextmanager
def private_stack(bundle: Path, state: Path = ROOT / ".local") -> Iterator[Description]:
    """Run `python -m local.stack` on free ports; its log is `state/experiments/stack.log`.

    Raises:
        ProcessFailed: it ended, or was not ready in time.
    """
    port = free_port()
    command = [sys.executable, "-m", "local.stack", "--catalogue", str(bundle), "--state", str(state)]
    command += ["--port", str(port), "--sona-port", str(free_port())]
    env = {"DISCOVERY_PERSONALIZATION_TIMEOUT_MS": _DEADLINE_MS} | os.environ
    process = Process("the stack", command, log=state / "experiments" / "stack.log", env=env)
    with process:
        yield _ready(process, state, port)


def _ready(process: Process, state: Path, port: int) -> Description:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.exit_code is None:
        with contextlib.suppress(NoStack):
            return find(state, port)
        time.sleep(_POLL_SECONDS)
    raise ProcessFailed(f"the stack did not start; {process.log} says why")
