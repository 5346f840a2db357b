"""A local stack of its own, for as long as it is asked."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.stack.folders import find
from local.stack.issuer import Issuer
from local.stack.processes import ROOT, free_port

_READY = "Discovery is ready"


@dataclass(frozen=True)
class RunningStack:
    """A stack that answers."""

    url: str
    issuer: Issuer
    logs: Path
    """Folder of its servers' and functions' logs."""


@contextlib.contextmanager
def running_stack(bundle: Path, state: Path) -> Iterator[RunningStack]:
    """Start a stack on free ports, and stop it at the end; its output goes to `state/stack.log`.

    Raises:
        RuntimeError: it does not start.
    """
    port = free_port()
    command = [sys.executable, "-m", "local.stack", "--catalogue", str(bundle), "--state", str(state)]
    command += ["--port", str(port), "--sona-port", str(free_port())]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT)
    try:
        printed = _printed_until_ready(process)
        if process.poll() is not None:
            raise RuntimeError(f"the stack did not start:\n{printed}")
        stack = find(state, port)
        yield RunningStack(stack.api_url, Issuer(state), Path(stack.folder))
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def _printed_until_ready(process: subprocess.Popen[str]) -> str:
    printed = []
    for line in process.stdout or ():
        printed.append(line)
        if _READY in line:
            break
    else:
        process.wait()
    return "".join(printed)
