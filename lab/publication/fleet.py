"""Search environments that follow a prefix in S3, each with a disk of its own, and a steady stream of searches."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.environments.invocation import QUERIES, search_event
from local.stack.configuration import Wiring, function_environment
from local.stack.deployment import read_deployment
from local.stack.function import Function
from local.stack.processes import ROOT

STAGE = "publication"
_NOWHERE = "127.0.0.1:9"


@dataclass(frozen=True, slots=True)
class Answer:
    """One search; times are `time.perf_counter`'s."""

    began: float
    ended: float
    environment: int
    status: int
    catalogue: str


@dataclass
class Fleet:
    """Functions of one environment each, and all that they answered."""

    functions: list[Function]
    answers: list[Answer] = field(default_factory=list)
    _events: list[dict[str, Any]] = field(default_factory=lambda: [search_event(query) for query in QUERIES])

    async def search(self, number: int) -> None:
        """The search of this number: environments and queries take turns."""
        environment = number % len(self.functions)
        began = time.perf_counter()
        answer = await self.functions[environment].invoke(self._events[number // 8 % len(self._events)])
        ended = time.perf_counter()
        catalogue = json.loads(answer["body"]).get("catalogue", "")
        self.answers.append(Answer(began, ended, environment, answer["statusCode"], catalogue))

    async def load(self, per_second: float) -> None:
        """Begin so many searches a second, whether or not earlier ones have ended."""
        began, number = time.perf_counter(), 0
        async with asyncio.TaskGroup() as tasks:
            while True:
                tasks.create_task(self.search(number))
                number += 1
                await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))

    def peak_bytes(self) -> int:
        """The most memory that any environment ever held, mapped files included."""
        statuses = [Path(f"/proc/{pid}/status").read_text() for one in self.functions for pid in one.pids]
        peaks = [line.split()[1] for status in statuses for line in status.splitlines() if line.startswith("VmHWM:")]
        return max(map(int, peaks)) * 1024


@contextlib.asynccontextmanager
async def running(prefix: str, aws_url: str, state: Path, environments: int) -> AsyncIterator[Fleet]:
    """Start the environments, which open what is current under the prefix."""
    spec = next(one for one in read_deployment(ROOT / "template.yaml", stage=STAGE).functions if one.name == "search")
    wiring = Wiring(
        stage="local",
        catalogue=state,
        sona_url=f"http://{_NOWHERE}",
        aws_endpoint_url=aws_url,
        valkey_url=f"redis://{_NOWHERE}/0",
        jwks={"keys": []},
        user_key="lab",
    )
    functions = []
    for number in range(environments):
        own = {"DISCOVERY_CATALOGUE_PATH": prefix, "DISCOVERY_CATALOGUE_FOLDER": str(state / f"tmp-{number}")}
        env = function_environment(spec, wiring) | own
        functions.append(Function(spec, env=env, environments=1, log=state / f"environment-{number}.log", report=print))
    try:
        for function in functions:
            await function.start()
            await function.ready()
        yield Fleet(functions)
    finally:
        await asyncio.gather(*(function.stop() for function in functions))
