"""The search function of a checkout in a process of its own: one environment, that searches when it is told to."""

import os
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab.environments import worker
from lab.environments.invocation import Event
from lab.environments.variables import function_variables
from lab.servers.orders import OrderedProcess
from local.stack.configuration import CREDENTIALS
from local.stack.processes import ROOT

_FROM_THE_SHELL = ("PATH", "HOME", "TMPDIR", "LANG")


def environment_process(
    variables: Mapping[str, str], events: Sequence[Event], *, log: Path, checkout: Path = ROOT
) -> OrderedProcess:
    """Start an environment with these settings and events, and wait until it could search.

    It has the interpreter and the third-party packages of this process, whatever checkout its code is from, so that
    what differs between two of them is the code alone. `worker` lists its orders.

    Raises:
        ProcessFailed: the function could not be loaded.
    """
    folder = checkout / "functions" / "search"
    path = (folder, checkout / "layers" / "discovery", sysconfig.get_path("purelib"))
    env = {name: os.environ[name] for name in _FROM_THE_SHELL if name in os.environ}
    env |= function_variables() | CREDENTIALS | dict(variables)
    env |= {
        "AWS_REGION": CREDENTIALS["AWS_DEFAULT_REGION"],
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",  # the service is then made at import, and garbage frozen
        "DISCOVERY_CONFIG_FILE": os.devnull,
        "PYTHONPATH": os.pathsep.join(map(str, path)),
    }
    # Without site and its .pth files, or this checkout would be importable beside the other one.
    process = OrderedProcess([sys.executable, "-S", "-P", worker.__file__], log=log, env=env, cwd=folder)
    process.hear()
    process.ask(do="take", events=list(events))
    return process
