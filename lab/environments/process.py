"""The search function of a checkout in a process of its own: one environment, that searches when it is told to."""

import contextlib
import os
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lab.environments import worker
from lab.environments.invocation import Event
from lab.environments.variables import OFFLINE, function_variables
from lab.servers.orders import OrderedProcess
from local.stack.processes import ROOT

_FROM_THE_SHELL = ("PATH", "HOME", "TMPDIR", "LANG")


@contextlib.contextmanager
def environment_process(
    variables: Mapping[str, str], events: Sequence[Event], *, checkout: Path = ROOT
) -> Iterator[OrderedProcess]:
    """Run an environment with these settings and events; it could search when the block begins.

    It has the interpreter and the third-party packages of this process, whatever checkout its code is from, so that
    what differs between two of them is the code alone. `worker` lists its orders.

    Raises:
        ProcessFailed: the function could not be loaded.
    """
    folder = checkout / "functions" / "search"
    path = (folder, checkout / "layers" / "discovery", sysconfig.get_path("purelib"))
    env = {name: os.environ[name] for name in _FROM_THE_SHELL if name in os.environ}
    env |= function_variables() | OFFLINE | dict(variables)
    env |= {
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",  # the service is then made at import, and garbage frozen
        "DISCOVERY_CONFIG_FILE": os.devnull,
        "PYTHONPYCACHEPREFIX": str(ROOT / ".local" / "bytecode"),  # nothing is written into another checkout
        "PYTHONPATH": os.pathsep.join(map(str, path)),
    }
    # Without site and its .pth files, or this checkout would be importable beside the other one.
    with OrderedProcess([sys.executable, "-S", "-P", worker.__file__], env=env, cwd=folder) as process:
        process.hear()
        process.ask(do="take", events=list(events))
        yield process
