"""A handle on a SONA and a Valkey proxy that misbehave on demand, in a process of their own."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from lab.faults.endpoint import HOST
from lab.faults.fault import HEALTHY, Fault, Target
from local.stack.processes import ROOT


class Rig:
    """The two servers, and how to tell them what to do; every order is done when its method returns."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        ports = self._hear()
        self.sona_url = f"http://{HOST}:{ports['sona']}"
        self.valkey_url = f"redis://{HOST}:{ports['valkey']}/0"

    def suffer(self, who: Target, fault: Fault) -> None:
        """Make one of them misbehave from now on."""
        self._order(do="suffer", who=who, fault=fault.to_json())

    def heal(self) -> None:
        """Make both behave."""
        self.suffer("sona", HEALTHY)
        self.suffer("valkey", HEALTHY)

    def connections(self, who: Target) -> int:
        """How many connections one of them has open."""
        return int(self._order(do="count", who=who))

    def update(self, user_id: str) -> int:
        """Have SONA learn something of a user; returns the profile's new version."""
        return int(self._order(do="update", user_id=user_id))

    def batches(self, has_batch: bool) -> None:
        """Whether SONA has its batch endpoint."""
        self._order(do="batch", has_batch=has_batch)

    def asked(self) -> int:
        """How many requests SONA has read."""
        return int(self._order(do="asked"))

    def _order(self, **order: Any) -> Any:
        if self._process.stdin is None:
            raise RuntimeError("the rig has no input")
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._hear()

    def _hear(self) -> Any:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError(f"the rig ended with exit code {self._process.wait(5)}")
        return json.loads(line)


@contextlib.contextmanager
def rig(valkey_url: str) -> Iterator[Rig]:
    """Run the two before a Valkey server; ends with the block, or with this process."""
    port = valkey_url.rsplit(":", 1)[1].split("/", maxsplit=1)[0]
    command = [sys.executable, "-m", "lab.faults", "--upstream-port", port]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        start_new_session=True,  # Ctrl-C is for the program, which then ends this one
    )
    with process:  # which closes its input, and so ends it, and waits
        yield Rig(process)
