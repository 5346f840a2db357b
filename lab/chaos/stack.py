"""What the phases are played on: an API before several environments of the search function, and their servers."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout, TCPConnector

from lab.chaos.answer import Answer, judged
from lab.chaos.crowd import Crowd
from lab.chaos.load import ask
from lab.chaos.phase import Server
from lab.chaos.victim import Victim
from lab.servers.sona import minimal_sona_server
from local.stack.aws import ParameterStore
from local.stack.configuration import Wiring, function_environment
from local.stack.deployment import Deployment, read_deployment
from local.stack.function import Function
from local.stack.gateway import Gateway
from local.stack.issuer import Issuer
from local.stack.keys import user_key
from local.stack.processes import HOST, ROOT, Process, free_port, moto_server, valkey_server

STAGE = "chaos"
ENVIRONMENTS = 3
_PATIENCE = 15.0
"""Seconds for one search: longer than Lambda gives the function."""
_WELL = 12
"""Right and wholly personalized answers in a row, by which the stack is well."""
_WELL_WITHIN = 45.0
_BETWEEN = 0.03
"""Seconds between two searches that find out."""


@dataclass(frozen=True)
class Stack:
    """Everything that runs, and the handles to break it by."""

    url: str
    session: ClientSession
    crowd: Crowd
    function: Function
    servers: Mapping[Server, Victim]

    async def kill_environment(self) -> None:
        """Kill an environment that has a request in hand; another one replaces it."""
        while not (busy := self.function.busy):  # noqa: ASYNC110 - the next search is at hand, and sets no event
            await asyncio.sleep(0.001)
        os.kill(busy[0], signal.SIGKILL)

    async def heal(self) -> None:
        """Have every server and environment run again."""
        await asyncio.gather(*(server.heal() for server in self.servers.values()))
        await self.function.ready()

    async def well_again(self) -> float | None:
        """Search until nothing is amiss any more: after how many seconds that began, or None where it does not."""
        began = time.perf_counter()
        since, row = began, 0
        while row < _WELL:
            now = time.perf_counter()
            if now - began > _WELL_WITHIN:
                return None
            is_well = (await self._search()).is_well
            since = now if is_well and row == 0 else since
            row = row + 1 if is_well else 0
            await asyncio.sleep(_BETWEEN)
        return since - began

    async def _search(self) -> Answer:
        return judged(await ask(self.crowd.stranger(), self.session, self.url, time.perf_counter()))


@contextlib.asynccontextmanager
async def running(bundle: Path, state: Path, settings: Mapping[str, str]) -> AsyncIterator[Stack]:
    """Start everything, well, and stop it all; logs and keys are kept in a folder.

    `settings` are variables of the function beside those of the local stack.
    """
    deployment = read_deployment(ROOT / "template.yaml", stage=STAGE)
    ports: dict[Server, int] = {"Valkey": free_port(), "SONA": free_port(), "SSM": free_port()}
    issuer = Issuer(state)
    wiring = _wiring(ports, bundle, issuer, state)
    async with contextlib.AsyncExitStack() as stack:
        timeout, connector = ClientTimeout(total=_PATIENCE), TCPConnector(limit=0)
        session = await stack.enter_async_context(ClientSession(timeout=timeout, connector=connector))
        parameters = ParameterStore(session, wiring.aws_endpoint_url)

        async def seed() -> None:
            await parameters.seed(deployment)

        processes: dict[Server, Process] = {
            "Valkey": valkey_server(ports["Valkey"], state),
            "SONA": minimal_sona_server(ports["SONA"], state),
            "SSM": moto_server(ports["SSM"], state),
        }
        victims: dict[Server, Victim] = {}
        for name, process in processes.items():
            stack.enter_context(process)
            victims[name] = Victim(process, *([seed] if name == "SSM" else []))
            stack.callback(victims[name].wake)
        await seed()
        function = await _function(stack, deployment, wiring, state, settings)
        gateway = Gateway(deployment.routes, {"search": function}, report=lambda _: None)
        stack.push_async_callback(gateway.stop)
        yield Stack(await gateway.start(), session, Crowd(issuer), function, victims)


def _wiring(ports: Mapping[Server, int], bundle: Path, issuer: Issuer, state: Path) -> Wiring:
    return Wiring(
        stage=STAGE,
        catalogue=bundle,
        sona_url=f"http://{HOST}:{ports['SONA']}",
        # Moto itself: behind the local stack's endpoint one that is gone would answer 503.
        aws_endpoint_url=f"http://{HOST}:{ports['SSM']}",
        valkey_url=f"redis://{HOST}:{ports['Valkey']}/0",
        jwks=issuer.jwks(),
        user_key=user_key(state),
    )


async def _function(
    stack: contextlib.AsyncExitStack, deployment: Deployment, wiring: Wiring, state: Path, settings: Mapping[str, str]
) -> Function:
    (spec,) = (spec for spec in deployment.functions if spec.name == "search")
    env = {**function_environment(spec, wiring), **settings}
    log = state / "search.log"
    function = Function(spec, env=env, environments=ENVIRONMENTS, log=log, report=lambda _: None)
    stack.push_async_callback(function.stop)
    await function.start()
    await function.ready()
    return function
