"""A local stack of the tests' own, and `sam local` with containers that reach it."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.containers.engine import Engine, EngineMissing, container_engine
from local.containers.local_template import BUILT
from local.containers.preparation import prepared
from local.containers.sam import Sam
from local.stack.folders import find, running
from local.stack.processes import Process, free_port
from tests.e2e.table import Table

PATIENT = {
    "DISCOVERY_PERSONALIZATION_TIMEOUT_MS": "5000",
    "DISCOVERY_CACHE_TIMEOUT_MS": "2000",
}
"""A busy machine must not decide whether a search is personalized in time: these tests compare answers."""
_TABLE = pytest.StashKey[Table]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_TABLE] = Table()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in config.stash[_TABLE].lines():
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def table(pytestconfig: pytest.Config) -> Table:
    return pytestconfig.stash[_TABLE]


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """Skips where the machine can't run containers, with what the engine said; all else that fails is a failure."""
    with contextlib.ExitStack() as running:
        try:
            engine = running.enter_context(container_engine())
        except EngineMissing as missing:
            pytest.skip(str(missing))
        yield engine


@pytest.fixture(scope="session")
def state(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The state folder of a running stack, which serves the very catalogue that the functions are built with."""
    catalogue = BUILT / "CatalogueLayer" / "catalogue"
    assert catalogue.exists(), "nothing is built; `make e2e` builds first"
    folder = tmp_path_factory.mktemp("state")
    command = [sys.executable, "-m", "local.stack", "--catalogue", str(catalogue), "--state", str(folder)]
    command += ["--port", str(free_port()), "--sona-port", str(free_port())]
    stack = Process("the local stack", command, log=folder / "stack.log", env=os.environ | PATIENT)
    stack.start()
    try:
        while not running(folder):
            assert stack.exit_code is None, stack.log.read_text()
            time.sleep(0.1)
        yield folder
    finally:
        stack.stop(grace=30)


@pytest.fixture(scope="session")
def sam(engine: Engine, state: Path) -> Iterator[Sam]:
    stack, variables = find(state), state / "variables.json"
    architecture = os.environ.get("ARCHITECTURE", "x86_64")
    with prepared(engine, stack, state=state, variables=variables, architecture=architecture, **PATIENT):
        yield Sam(engine.env, variables)
