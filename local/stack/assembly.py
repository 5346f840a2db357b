"""Puts the parts of the local stack together, starts them side by side, and stops them."""

import asyncio
import contextlib
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout

from local.stack.aws import AwsEndpoint, ParameterStore
from local.stack.configuration import Wiring, function_environment
from local.stack.credentials import CREDENTIALS, REGION
from local.stack.deployment import Deployment
from local.stack.description import Description, User
from local.stack.eventbridge import EventBus
from local.stack.folders import FILE, folder_of, link_newest, make_folder
from local.stack.function import Function, Report
from local.stack.gateway import Gateway
from local.stack.issuer import AUDIENCE, ISSUER, Issuer
from local.stack.keys import sona_token, user_key
from local.stack.lake import Lake
from local.stack.page import Page
from local.stack.processes import HOST, Process, free_port, moto_server, sona_server, valkey_server
from local.stack.queue import MessageQueue
from local.stack.restarts import Servers
from local.stack.schedules import Schedules
from local.stack.subscription import LogSubscription
from local.stack.table_stream import TableStream


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
    """Folder of keys, and of the folders of running stacks."""
    valkey_url: str | None
    """A server that runs already; None starts one."""


class Stack:
    """The system on this machine."""

    def __init__(self, deployment: Deployment, options: Options, issuer: Issuer, *, report: Report) -> None:
        self._deployment = deployment
        self._options = options
        self._issuer = issuer
        self._report = report
        self._folder = folder_of(options.state, options.port)
        self._cleanup = contextlib.AsyncExitStack()
        self._functions: dict[str, Function] = {}
        self._lake: Lake
        self._queues: list[MessageQueue] = []

    async def start(self) -> Description:
        """Start everything, side by side, and return when all of it answers.

        Raises:
            ProcessFailed: a server does not start.
            FunctionError: a function does not load.
            OSError: the API's port is taken.
            ClientError: a part does not answer as it should.
        """
        make_folder(self._options.state, self._options.port)
        # Bodies are not decompressed: the AWS endpoint passes them on as they came.
        session = ClientSession(timeout=ClientTimeout(total=60), auto_decompress=False)
        await self._cleanup.enter_async_context(session)
        moto_port, valkey_port = free_port(), free_port()
        self._lake = self._start_lake(session, moto_port)
        endpoint = await self._start_endpoint(session, moto_port)
        wiring = self._wiring(endpoint.url, valkey_port)
        servers = self._start_servers(wiring, moto_port, valkey_port)
        await self._start_functions(wiring)
        self._start_streams(session, endpoint)
        self._start_queues(session, endpoint)
        api_url = await self._start_gateway()
        await servers.ready()
        await self._create()
        await asyncio.gather(*(function.ready() for function in self._functions.values()))
        # Through the endpoint, not past it: the functions hear of the parameters as they would of a deployment.
        parameters = ParameterStore(session, endpoint.url)
        await parameters.seed(self._deployment)
        users, _ = await asyncio.gather(_users(session, wiring), self._warm(session, api_url))
        self._start_subscriptions()  # not before: the first searches were nobody's
        self._start_schedules()
        description = self._describe(api_url, wiring, users, servers)
        self._publish(description)
        self._keep(servers, description, parameters, endpoint)
        return description

    async def stop(self) -> None:
        """Stop everything that was started, also after a start that failed half-way; the logs stay."""
        (self._folder / FILE).unlink(missing_ok=True)
        link_newest(self._options.state)
        await self._cleanup.aclose()

    def _keep(
        self, servers: Servers, description: Description, parameters: ParameterStore, endpoint: AwsEndpoint
    ) -> None:
        async def restore(server: Process) -> None:
            if server.name == "moto":
                await self._create()
                await parameters.restore(endpoint.written)
                servers.end("SONA")  # moto lost the people, and SONA brings the demo users when it starts
            if (self._folder / FILE).exists():  # else the stack is stopping
                self._publish(replace(description, processes=servers.pids))

        servers.keep(restore)

    def _publish(self, description: Description) -> None:
        description.write(self._folder / FILE)
        link_newest(self._options.state)

    async def _create(self) -> None:
        """Make in moto what the template makes there."""
        await asyncio.gather(self._lake.create(), *(queue.create() for queue in self._queues))

    def _start_lake(self, session: ClientSession, moto_port: int) -> Lake:
        streams, url = self._deployment.delivery_streams, f"http://{HOST}:{moto_port}"
        lake = Lake(session, url, lake_bucket(self._options.stage), streams, report=self._report)
        self._cleanup.push_async_callback(lake.stop)
        lake.start()
        return lake

    def _start_queues(self, session: ClientSession, endpoint: AwsEndpoint) -> None:
        for spec in self._deployment.queues:
            function = self._functions[spec.function]
            pollers = self._options.environments
            queue = MessageQueue(session, endpoint.url, spec, function, pollers=pollers, report=self._report)
            self._queues.append(queue)
            self._cleanup.push_async_callback(queue.stop)
            queue.start()

    def _start_subscriptions(self) -> None:
        for spec in self._deployment.subscriptions:
            log = self._folder / f"{spec.function}.log"
            subscription = LogSubscription(log, spec, self._lake.put)
            self._cleanup.push_async_callback(subscription.stop)
            subscription.start()

    def _start_schedules(self) -> None:
        schedules = Schedules(self._deployment.schedules, self._functions, report=self._report)
        self._cleanup.push_async_callback(schedules.stop)
        schedules.start()

    async def _start_endpoint(self, session: ClientSession, moto_port: int) -> AwsEndpoint:
        bus = EventBus(self._deployment.rules, self._functions, report=self._report)
        self._cleanup.push_async_callback(bus.stop)
        endpoint = AwsEndpoint(session, f"http://{HOST}:{moto_port}", bus, self._lake)
        self._cleanup.push_async_callback(endpoint.stop)
        await endpoint.start()
        return endpoint

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
            sona_token=sona_token(options.state),
            people_table=self._deployment.streams[0].table,
        )

    def _start_servers(self, wiring: Wiring, moto_port: int, valkey_port: int) -> Servers:
        every = [
            moto_server(moto_port, self._folder),
            sona_server(
                self._options.sona_port,
                self._folder,
                catalogue=self._options.catalogue,
                aws_url=f"http://{HOST}:{moto_port}",  # not through the endpoint: a score has 50 ms
                table=wiring.people_table,
                user_key=wiring.user_key,
                token=wiring.sona_token,
            ),
        ]
        if self._options.valkey_url is None:
            every.append(valkey_server(valkey_port, self._folder))
        servers = Servers(every, report=self._report)
        self._cleanup.push_async_callback(servers.stop)
        servers.start()
        return servers

    async def _start_functions(self, wiring: Wiring) -> None:
        for spec in self._deployment.functions:
            function = Function(
                spec,
                env=function_environment(spec, wiring),
                environments=self._options.environments,
                log=self._folder / f"{spec.name}.log",
                report=self._report,
            )
            self._functions[spec.name] = function
            self._cleanup.push_async_callback(function.stop)
            await function.start()

    def _start_streams(self, session: ClientSession, endpoint: AwsEndpoint) -> None:
        for spec in self._deployment.streams:
            function = self._functions[spec.function]
            stream = TableStream(session, endpoint.url, spec.table, function, report=self._report)
            self._cleanup.push_async_callback(stream.stop)
            stream.start()

    async def _start_gateway(self) -> str:
        page = Page(self._issuer, self._folder)
        gateway = Gateway(self._deployment.routes, self._functions, report=self._report, page=page)
        self._cleanup.push_async_callback(gateway.stop)
        return await gateway.start(self._options.port)

    async def _warm(self, session: ClientSession, api_url: str) -> None:
        """Let each environment open its catalogue and its connections before the first person asks.

        All of them wait for work by now, and the queue serves them in turn: as many requests at once reach each.
        """
        bearer = {"Authorization": f"Bearer {self._issuer.sign('warm-up', ttl=60)}"}
        for path, headers in (("/v1/health", {}), ("/v1/search?query=a", bearer)):
            urls = [f"{api_url}{path}"] * self._options.environments
            await asyncio.gather(*(_answered(session, url, headers) for url in urls))

    def _describe(self, api_url: str, wiring: Wiring, users: tuple[User, ...], servers: Servers) -> Description:
        return Description(
            api_url=api_url,
            sona_url=wiring.sona_url,
            sona_token=wiring.sona_token,
            aws_endpoint_url=wiring.aws_endpoint_url,
            valkey_url=wiring.valkey_url,
            lake=f"s3://{lake_bucket(wiring.stage)}",
            region=REGION,
            access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            stage=wiring.stage,
            issuer=ISSUER,
            audience=AUDIENCE,
            catalogue=str(wiring.catalogue),
            folder=str(self._folder),
            pid=os.getpid(),
            started_at=datetime.now(UTC).isoformat(),
            users=users,
            processes=servers.pids,
        )


def lake_bucket(stage: str) -> str:
    """The bucket of exposures and outcomes."""
    return f"discovery-{stage}-lake"


async def _users(session: ClientSession, wiring: Wiring) -> tuple[User, ...]:
    bearer = {"Authorization": f"Bearer {wiring.sona_token}"}
    async with session.get(f"{wiring.sona_url}/api/v1/users", headers=bearer) as response:
        response.raise_for_status()
        return tuple(User(user["id"], user["taste"]) for user in (await response.json())["users"])


async def _answered(session: ClientSession, url: str, headers: dict[str, str]) -> None:
    async with session.get(url, headers=headers) as response:
        response.raise_for_status()
