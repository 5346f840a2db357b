"""The search function in processes of its own, each one environment: told to search, they say how long each took."""

import contextlib
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from discovery.composition import SearchService, search_service
from discovery.lifecycle import exempt_from_collection
from discovery.settings import Settings
from lab.bench.interleaving import busy_loop
from lab.bench.searches import Event, body, context, search_function

_spawning = multiprocessing.get_context("spawn")  # a fork would share the parent's memory, sockets and event loop

Probe = Callable[[], object]
Probes = Callable[[SearchService, Sequence[Event]], Mapping[str, Probe]]
"""Further things to time in the environment, by name. A module's function: it is sent to the process by name."""


@dataclass(frozen=True)
class Opened:
    """What an environment says once its service is made."""

    seconds: float
    """To open the catalogue and compose the service."""


@dataclass
class Environment:
    """One process with the function in it."""

    settings: Settings
    events: Sequence[Event]
    probes: Probes | None = None
    _connection: Connection = field(init=False)

    def start(self) -> Opened:
        """Start, and wait until it could search."""
        self._connection, theirs = _spawning.Pipe()
        arguments = (theirs, self.settings, self.events, self.probes)
        self._process = _spawning.Process(target=_serve, args=arguments, daemon=True)
        self._process.start()
        theirs.close()
        opened: Opened = self._connection.recv()
        return opened

    def tell(self, *command: object) -> None:
        """Tell it to do something, and return at once."""
        self._connection.send(command)

    def answer(self) -> Any:
        """Wait for what came of it."""
        return self._connection.recv()

    def ask(self, *command: object) -> Any:
        """Both."""
        self.tell(*command)
        return self.answer()

    def stop(self) -> None:
        """End the process."""
        self.tell("stop")
        self._process.join(10)
        self._process.kill()
        self._process.join()
        self._connection.close()


@contextlib.contextmanager
def running(environments: Sequence[Environment]) -> Iterator[list[Opened]]:
    """Start environments, one after the other, and stop them all; yields what each said at its start."""
    with contextlib.ExitStack() as started:
        opened = []
        for environment in environments:
            opened.append(environment.start())
            started.callback(environment.stop)
        yield opened


def in_a_process[**P, R](work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> tuple[R, float]:
    """Call a module's function in a fresh process; its result, and the most memory that process ever held, in bytes."""
    with _spawning.Pool(1) as pool:
        result = pool.apply(work, args, kwargs)
        peak = pool.apply(peak_memory)
    return result, peak


def peak_memory() -> float:
    """The most memory this process ever held, mapped files included, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux; its getrusage also counts what the process was before it became this program
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return float(line.split()[1]) * 1024
    kilobytes = 1 if sys.platform == "darwin" else 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * kilobytes)


def _serve(connection: Connection, settings: Settings, events: Sequence[Event], probes: Probes | None) -> None:
    """The process: does what it is told until told to stop."""
    began = time.perf_counter()
    service = search_service(settings)
    exempt_from_collection()
    connection.send(Opened(time.perf_counter() - began))
    worker = _Worker(service, events, probes)
    while True:
        match connection.recv():
            case ("searches", int(count)):
                connection.send([worker.search() for _ in range(count)])
            case ("search for", float(seconds)):
                connection.send(_until(seconds, worker.search))
            case ("be busy for", float(seconds)):
                connection.send(_until(seconds, busy_loop))
            case ("probe", int(count)):
                connection.send(worker.probe(count))
            case ("memory",):
                connection.send(peak_memory())
            case _:
                service.close()
                return


class _Worker:
    def __init__(self, service: SearchService, events: Sequence[Event], probes: Probes | None) -> None:
        self._handler = search_function().make_handler(lambda: service)
        self._events = events
        self._context = context()
        self._turn = 0
        self._probes = probes(service, events) if probes else {}

    def search(self) -> float:
        """Search for the next event; the seconds it took."""
        event = self._events[self._turn % len(self._events)]
        self._turn += 1
        began = time.perf_counter()
        answer = self._handler(event, self._context)
        elapsed = time.perf_counter() - began
        if answer["statusCode"] != 200:  # noqa: PLR2004 - HTTP's
            body(answer)
        return elapsed

    def probe(self, count: int) -> dict[str, list[float]]:
        """Time each probe."""
        taken: dict[str, list[float]] = {name: [] for name in self._probes}
        for _ in range(count):
            for name, probe in self._probes.items():
                began = time.perf_counter()
                probe()
                taken[name].append(time.perf_counter() - began)
        return taken


def _until(seconds: float, work: Callable[[], float]) -> list[float]:
    ends = time.perf_counter() + seconds
    taken = []
    while time.perf_counter() < ends:
        taken.append(work())
    return taken
