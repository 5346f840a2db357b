"""A child process that takes orders: JSON lines on its standard input, one line in return for each."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from local.stack.processes import ROOT, ProcessFailed


class OrderedProcess:
    """Starts it; leaving its block, or the end of this process, closes its input, which ends it."""

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=env,
            cwd=cwd,
            start_new_session=True,  # Ctrl-C is for the program, which then ends this one
        )

    def tell(self, **order: Any) -> None:
        """Give an order, and return at once; a process that has ended is found out by `hear`."""
        if self._process.stdin is not None and self._process.poll() is None:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()

    def hear(self) -> Any:
        """Wait for the next answer.

        Raises:
            ProcessFailed: the process has ended; why is on standard error.
        """
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise ProcessFailed(f"a process that takes orders ended with exit code {self._process.wait(5)}")
        return json.loads(line)

    def ask(self, **order: Any) -> Any:
        """Give an order, and wait for its answer."""
        self.tell(**order)
        return self.hear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        self._process.__exit__(*error)  # which closes its input, and so ends it, and waits
