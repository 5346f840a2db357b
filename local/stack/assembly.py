"""Puts the parts of the local stack together, starts them side by side, and stops them."""

import asyncio
import contextlib
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout

from local.stack.aws import AwsEndpoint, ParameterStore
from local.stack.configuration import Wiring, function_environment
from local.stack.deployment import Deployment
from local.stack.description import Description, User
from local.stack.eventbridge import EventBus
from local.stack.function import Function, Report
from local.stack.gateway import Gateway
from local.stack.issuer import AUDIENCE, ISSUER, Issuer
from local.stack.keys import user_key
from local.stack.processes import HOST, Process, free_port, moto_server, sona_server, valkey_server


@dataclass(frozen=True, slots=True)
class Options:
    """What the person who starts a stack can choose."""

    port: int
    sona_port: int
    environments: int
    """Of each function."""
    catalogue: Path
    stage: str
    state: Path
    """Folder of logs, keys and `stack.json`."""
    valkey_url: str | None
    """A server that runs already; None starts one."""


class Stack:
    """The system on this machine."""

    def __init__(self, deployment: Deployment, options: Options, issuer: Issuer, *, report: Report) -> None:
        self._deployment = deployment
        self._options = options
        self._issuer = issuer
        self._report = report
        self._cleanup = contextlib.AsyncExitStack()
        self._servers: list[Process] = []
        self._functions: dict[str, Function] = {}

    async def start(self) -> Description:
        """Start everything, side by side, and return when all of it answers.

        Raises:
            ProcessFailed: a server does not start.
            FunctionError: a function does not load.
            OSError: the API's port is taken.
            ClientError: a part does not answer as it should.
        """
        # Bodies are not decompressed: the AWS endpoint passes them on as they came.
        session = ClientSession(timeout=ClientTimeout(total=60), auto_decompress=False)
        await self._cleanup.enter_async_context(session)
        moto_port, valkey_port = free_port(), free_port()
        moto_url = f"http://{HOST}:{moto_port}"
        wiring = self._wiring(await self._start_aws(session, moto_url), valkey_port)
        self._start_servers(wiring, moto_port, valkey_port)
        await self._start_functions(wiring)
        gateway = Gateway(self._deployment.routes, self._functions, report=self._report)
        self._cleanup.push_async_callback(gateway.stop)
        api_url = await gateway.start(self._options.port)

        await asyncio.gather(*(_ready(server) for server in self._servers))
        await asyncio.gather(*(function.ready() for function in self._functions.values()))
        # Through the endpoint, not past it: the functions hear of the parameters as they would of a deployment.
        await self._seed(ParameterStore(session, wiring.aws_endpoint_url))
        users, _ = await asyncio.gather(_users(session, wiring.sona_url), self._warm(session, api_url))
        self._watch_servers()
        description = self._describe(api_url, wiring, users)
        description.write(self._file)
        return description

    async def stop(self) -> None:
        """Stop everything that was started, also after a start that failed half-way."""
        self._file.unlink(missing_ok=True)
        await self._cleanup.aclose()

    @property
    def _file(self) -> Path:
        return self._options.state / "stack.json"

    @property
    def _logs(self) -> Path:
        return self._options.state / "logs"

    async def _start_aws(self, session: ClientSession, moto_url: str) -> str:
        bus = EventBus(self._deployment.rules, self._functions, report=self._report)
        self._cleanup.push_async_callback(bus.stop)
        endpoint = AwsEndpoint(session, moto_url, bus)
        self._cleanup.push_async_callback(endpoint.stop)
        return await endpoint.start()

    def _wiring(self, aws_endpoint_url: str, valkey_port: int) -> Wiring:
        options = self._options
        return Wiring(
            stage=options.stage,
            catalogue=options.catalogue,
            sona_url=f"http://{HOST}:{options.sona_port}",
            aws_endpoint_url=aws_endpoint_url,
            valkey_url=options.valkey_url or f"redis://{HOST}:{valkey_port}/0",
            jwks=self._issuer.jwks(),
            user_key=user_key(options.state),
        )

    def _start_servers(self, wiring: Wiring, moto_port: int, valkey_port: int) -> None:
        catalogue, events = self._options.catalogue, wiring.aws_endpoint_url
        self._servers = [
            moto_server(moto_port, self._logs),
            sona_server(self._options.sona_port, self._logs, catalogue=catalogue, events_endpoint=events),
        ]
        if self._options.valkey_url is None:
            self._servers.append(valkey_server(valkey_port, self._logs))
        self._cleanup.push_async_callback(self._stop_servers)
        for server in self._servers:
            server.log.unlink(missing_ok=True)
            server.start()

    async def _stop_servers(self) -> None:
        for server in self._servers:
            server.terminate()
        await asyncio.gather(*(asyncio.to_thread(server.stop) for server in self._servers))

    async def _start_functions(self, wiring: Wiring) -> None:
        for spec in self._deployment.functions:
            log = self._logs / f"{spec.name}.log"
            log.unlink(missing_ok=True)
            env = function_environment(spec, wiring)
            function = Function(spec, env=env, environments=self._options.environments, log=log, report=self._report)
            self._functions[spec.name] = function
            self._cleanup.push_async_callback(function.stop)
            await function.start()

    async def _seed(self, store: ParameterStore) -> None:
        """Write the parameters that the template deploys."""
        for parameter in self._deployment.parameters:
            await store.put(parameter.name, parameter.value, kind=parameter.type, description=parameter.description)

    async def _warm(self, session: ClientSession, api_url: str) -> None:
        """Let each environment open its catalogue and its connections before the first person asks.

        All of them wait for work by now, and the queue serves them in turn: as many requests at once reach each.
        """
        bearer = {"Authorization": f"Bearer {self._issuer.sign('warm-up', ttl=60)}"}
        for path, headers in (("/v1/health", {}), ("/v1/search?query=a", bearer)):
            urls = [f"{api_url}{path}"] * self._options.environments
            await asyncio.gather(*(_answered(session, url, headers) for url in urls))

    def _watch_servers(self) -> None:
        for server in self._servers:
            watcher = asyncio.create_task(self._watch(server))
            self._cleanup.callback(watcher.cancel)

    async def _watch(self, server: Process) -> None:
        while server.exit_code is None:  # noqa: ASYNC110 - no Unix-wide event tells of a child's end
            await asyncio.sleep(0.2)
        self._report(f"{server.name} ended with exit code {server.exit_code} (its log: {server.log})")

    def _describe(self, api_url: str, wiring: Wiring, users: tuple[User, ...]) -> Description:
        return Description(
            api_url=api_url,
            sona_url=wiring.sona_url,
            aws_endpoint_url=wiring.aws_endpoint_url,
            valkey_url=wiring.valkey_url,
            stage=wiring.stage,
            issuer=ISSUER,
            audience=AUDIENCE,
            users=users,
            processes={server.name: server.pid for server in self._servers if server.pid is not None},
        )


async def _ready(server: Process) -> None:
    for pause in server.until_ready():
        await asyncio.sleep(pause)


async def _users(session: ClientSession, sona_url: str) -> tuple[User, ...]:
    async with session.get(f"{sona_url}/api/v1/users") as response:
        response.raise_for_status()
        return tuple(User(user["id"], user["taste"]) for user in (await response.json())["users"])


async def _answered(session: ClientSession, url: str, headers: dict[str, str]) -> None:
    async with session.get(url, headers=headers) as response:
        response.raise_for_status()
