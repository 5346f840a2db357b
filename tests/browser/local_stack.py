"""The whole system on this machine, as `make run` starts it, in the project's own environment."""

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv" / "bin" / "python"
PATIENCE = 120.0
"""Seconds; a cold machine takes some."""


@contextlib.contextmanager
def running_stack(bundle: Path, state: Path) -> Iterator[str]:
    """Start a stack on free ports, yield the address of its test page, and stop it at the end.

    Raises:
        RuntimeError: it does not start.
    """
    log = state / "stack.log"
    command = [str(PYTHON), "-m", "local.stack", "--catalogue", str(bundle), "--state", str(state)]
    # A browser and a stack on one machine are slow: what is asked here is the order, not how soon it comes.
    environment = os.environ | {"DISCOVERY_PERSONALIZATION_TIMEOUT_MS": "5000", "DISCOVERY_CACHE_TIMEOUT_MS": "2000"}
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, "--port", "0", "--sona-port", "0"],
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env=environment,
        )
    try:
        yield _page_of(process, log)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def _page_of(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        if found := re.search(r"http://\S+/page\b", log.read_text()):
            return found.group()
        time.sleep(0.1)
    raise RuntimeError(f"the stack did not start:\n{log.read_text()}")
