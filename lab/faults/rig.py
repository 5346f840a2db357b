"""A handle on a SONA and a Valkey proxy that misbehave on demand, in a process of their own."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from lab.faults.fault import HEALTHY, Fault, Target
from lab.servers.bed import Bed
from lab.servers.orders import OrderedProcess
from local.stack.issuer import Issuer
from local.stack.processes import HOST


class Rig:
    """The two servers, and how to tell them what to do; every order is done when its method returns."""

    def __init__(self, process: OrderedProcess) -> None:
        self._process = process
        ports = process.hear()
        self.sona_url = f"http://{HOST}:{ports['sona']}"
        self.valkey_url = f"redis://{HOST}:{ports['valkey']}/0"

    def bed(self, bundle: Path, issuer: Issuer) -> Bed:
        """What an environment before these servers is composed from."""
        return Bed(bundle, self.sona_url, self.valkey_url, issuer)

    def suffer(self, who: Target, fault: Fault) -> None:
        """Make one of them misbehave from now on."""
        self._process.ask(do="suffer", who=who, fault=fault.to_json())

    def heal(self) -> None:
        """Make both behave."""
        self.suffer("sona", HEALTHY)
        self.suffer("valkey", HEALTHY)

    def connections(self, who: Target) -> int:
        """How many connections one of them has open."""
        return int(self._process.ask(do="count", who=who))

    def update(self, user_id: str) -> int:
        """Have SONA learn something of a user; returns the profile's new version."""
        return int(self._process.ask(do="update", user_id=user_id))


@contextlib.contextmanager
def rig(valkey_url: str) -> Iterator[Rig]:
    """Run the two before a Valkey server; ends with the block, or with this process."""
    port = valkey_url.rsplit(":", 1)[1].split("/", maxsplit=1)[0]
    command = [sys.executable, "-m", "lab.faults.rig_process", "--upstream-port", port]
    with OrderedProcess(command) as process:
        yield Rig(process)
