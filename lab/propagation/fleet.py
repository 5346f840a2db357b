"""What an edit passes through: SSM and its events, the invalidation function, Valkey, eight search environments."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientTimeout

from discovery.settings.personalization import PolicySettings
from lab.propagation.editor import Editor
from lab.propagation.meter import WHO, Meter
from lab.propagation.searcher import Searcher
from lab.servers.sona import minimal_sona
from local.stack.aws import AwsEndpoint, ParameterStore
from local.stack.configuration import Wiring, function_environment
from local.stack.deployment import FunctionSpec, read_deployment
from local.stack.eventbridge import EventBus
from local.stack.function import Function
from local.stack.issuer import Issuer
from local.stack.keys import user_key
from local.stack.processes import HOST, ROOT, Process, free_port, moto, valkey_server

STAGE = "propagation"
ENVIRONMENTS = 8
MAX_AGE = PolicySettings().max_age_sec
_WARM_UP_SEARCHES = 3


class Post:
    """Takes events to the invalidation function, or loses them."""

    def __init__(self, function: Function) -> None:
        self._function = function
        self.delivers = True
        self.delivered = asyncio.Event()
        """Set when the function is done with an event; cleared by who waits for the next."""

    async def invoke(self, event: Any) -> None:
        """Deliver an event, or do nothing at all."""
        if self.delivers:
            await self._function.invoke(event)
            self.delivered.set()


@dataclass(frozen=True)
class Fleet:
    """Everything that runs, and the handles to measure it by."""

    searchers: list[Searcher]
    meter: Meter
    post: Post
    valkey: Process
    editor: Editor
    max_age: float
    """Seconds: the functions' setting."""


@contextlib.asynccontextmanager
async def running(bundle: Path, state: Path, *, max_age: float) -> AsyncIterator[Fleet]:
    """Start everything, warm, and stop it all; logs and keys are kept in a folder."""
    deployment = read_deployment(ROOT / "template.yaml", stage=STAGE)
    specs = {spec.name: spec for spec in deployment.functions}
    valkey, functions = valkey_server(port := free_port(), state), _Functions(state, max_age)
    async with contextlib.AsyncExitStack() as stack:
        moto_url = stack.enter_context(moto(state))
        sona_url = stack.enter_context(minimal_sona(state))
        stack.enter_context(valkey)
        session = await stack.enter_async_context(ClientSession(timeout=ClientTimeout(total=60)))
        meter = Meter(session, moto_url)
        stack.push_async_callback(meter.stop)
        issuer = Issuer(state)
        wiring = Wiring(
            stage=STAGE,
            catalogue=bundle,
            sona_url=sona_url,
            aws_endpoint_url=await meter.start(),
            valkey_url=f"redis://{HOST}:{port}/0",
            jwks=issuer.jwks(),
            user_key=user_key(state),
        )
        stack.push_async_callback(functions.stop)
        post = Post(await functions.start(specs["invalidation"], wiring, "invalidation"))
        names = [f"environment-{number}" for number in range(1, ENVIRONMENTS + 1)]
        searchers = [
            Searcher(name, await functions.start(specs["search"], wiring, name), issuer.sign(f"person-of-{name}"))
            for name in names
        ]
        await functions.ready()
        bus = EventBus(deployment.rules, {"invalidation": post}, report=print)
        stack.push_async_callback(bus.stop)
        endpoint = AwsEndpoint(session, moto_url, bus)
        stack.push_async_callback(endpoint.stop)
        endpoint_url = await endpoint.start()
        await ParameterStore(session, endpoint_url).seed(deployment)
        await _warm(searchers)
        with Editor(endpoint_url, STAGE) as editor:
            yield Fleet(searchers, meter, post, valkey, editor, max_age)


class _Functions:
    """Functions of one environment each, so that a search can be sent to any of them."""

    def __init__(self, state: Path, max_age: float) -> None:
        self._state = state
        self._own = {"DISCOVERY_POLICY_MAX_AGE_SEC": str(max_age)}
        self._started: list[Function] = []

    async def start(self, spec: FunctionSpec, wiring: Wiring, name: str) -> Function:
        """Start one; returns before it is ready."""
        log = self._state / f"{name}.log"
        env = function_environment(spec, wiring) | self._own | {WHO: name}
        function = Function(spec, env=env, environments=1, log=log, report=print)
        self._started.append(function)
        await function.start()
        return function

    async def ready(self) -> None:
        """Wait until all have loaded."""
        await asyncio.gather(*(function.ready() for function in self._started))

    async def stop(self) -> None:
        """Stop all."""
        await asyncio.gather(*(function.stop() for function in self._started))


async def _warm(searchers: list[Searcher]) -> None:
    for _ in range(_WARM_UP_SEARCHES):
        await asyncio.gather(*(searcher.search() for searcher in searchers))
