"""A Lambda function: a queue of invocations and the environments that serve it."""

import asyncio
import contextlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from local.stack.credentials import REGION
from local.stack.deployment import FunctionSpec
from local.stack.processes import Process
from local.stack.runtime_api import FunctionError, Invocation, RuntimeApi

ACCOUNT = "123456789012"
MAX_FAILED_STARTS = 3
"""An environment that ends so often in a row before it asks for work stays down; any other is always replaced."""
_PAUSE = 0.2
"""Seconds before a restart; as much again for each failed start in a row."""
_POLL = 0.05

type Report = Callable[[str], None]
"""Shows a message to the person at the terminal."""


class Function:
    """One function with a fixed number of environments, each a process that handles one event at a time."""

    def __init__(
        self, spec: FunctionSpec, *, env: Mapping[str, str], environments: int, log: Path, report: Report
    ) -> None:
        self.spec = spec
        self._queue: asyncio.Queue[Invocation] = asyncio.Queue()
        self._environments = [
            Environment(spec, self._queue, env=env, log=log, report=report, on_given_up=self._fail_if_none_is_left)
            for _ in range(environments)
        ]

    @property
    def pids(self) -> list[int]:
        """The processes of the environments that run now."""
        return [pid for environment in self._environments if (pid := environment.pid) is not None]

    @property
    def busy(self) -> list[int]:
        """Those of the environments that have an invocation in hand now."""
        return [pid for one in self._environments if one.is_busy and (pid := one.pid) is not None]

    async def start(self) -> None:
        """Start every environment; returns before they are ready."""
        for environment in self._environments:
            await environment.start()

    async def ready(self) -> None:
        """Wait until every environment has loaded its handler.

        Raises:
            FunctionError: one of them could not.
        """
        await asyncio.gather(*(environment.ready() for environment in self._environments))

    async def invoke(self, event: Any) -> Any:
        """Run the handler on an event and return what it returned.

        Raises:
            FunctionError: the handler raised, ran out of time, or took its process down.
        """
        invocation = Invocation(event, asyncio.get_running_loop().create_future())
        self._queue.put_nowait(invocation)
        self._fail_if_none_is_left()
        return await invocation.result

    async def stop(self) -> None:
        """Stop the environments; invocations in flight fail."""
        await asyncio.gather(*(environment.stop() for environment in self._environments))

    def _fail_if_none_is_left(self) -> None:
        if all(environment.given_up for environment in self._environments):
            while not self._queue.empty():
                error = FunctionError("Runtime.ExitError", f"no environment of {self.spec.name} is left")
                self._queue.get_nowait().fail(error)


class Environment:
    """One process with its Runtime API; started again when it dies."""

    def __init__(
        self,
        spec: FunctionSpec,
        queue: asyncio.Queue[Invocation],
        *,
        env: Mapping[str, str],
        log: Path,
        report: Report,
        on_given_up: Callable[[], None],
    ) -> None:
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{env.get('AWS_LAMBDA_FUNCTION_NAME', spec.name)}"
        self._api = RuntimeApi(queue, arn=arn, timeout=spec.timeout, on_timeout=self._kill)
        self._spec = spec
        self._env = env
        self._log = log
        self._report = report
        self._on_given_up = on_given_up
        self._process: Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self.given_up = False

    @property
    def pid(self) -> int | None:
        """Its process; None while there is none."""
        return self._process.pid if self._process is not None and self._process.exit_code is None else None

    @property
    def is_busy(self) -> bool:
        """Whether it has an invocation in hand."""
        return self._api.is_busy

    async def start(self) -> None:
        """Start the process and keep it running."""
        address = (await self._api.start()).removeprefix("http://")
        # By path and with -P: neither the project's root nor this folder is on the function's path, as in Lambda.
        program = [sys.executable, "-P", str(Path(__file__).with_name("environment.py"))]
        command = [*program, str(self._spec.file), self._spec.handler]
        env = {**self._env, "AWS_LAMBDA_RUNTIME_API": address}
        self._process = Process(self._spec.name, command, log=self._log, env=env, cwd=self._spec.file.parent)
        self._process.start()
        self._keeper = asyncio.create_task(self._keep(self._process))

    async def ready(self) -> None:
        """Wait until the handler is loaded.

        Raises:
            FunctionError: the process ended `MAX_FAILED_STARTS` times before it was.
        """
        while not self._api.polled.is_set():
            if self.given_up:
                reason = self._api.init_error or "its environment ends before it asks for work"
                raise FunctionError("Runtime.ExitError", f"{self._spec.name}: {reason}; see {self._log}")
            await asyncio.sleep(_POLL)

    async def stop(self) -> None:
        """End the process and its Runtime API."""
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        if self._process is not None:
            await asyncio.to_thread(self._process.stop)
        await self._api.stop()

    async def _keep(self, process: Process) -> None:
        failed_starts = 0
        while True:
            polls = self._api.polls
            died = f"an environment of {self._spec.name} ended with exit code {await process.ended()}"
            if self._api.init_error:
                died += f" ({self._api.init_error})"
            failed_starts = failed_starts + 1 if self._api.polls == polls else 0
            self._api.abandon(died)
            if failed_starts >= MAX_FAILED_STARTS:
                break
            self._report(f"{died}; restarted (log: {self._log})")
            await asyncio.sleep(_PAUSE * (failed_starts + 1))
            process.stop()  # dead already: releases what is held of it
            process.start()
        self.given_up = True
        self._on_given_up()
        self._report(f"{died}, {failed_starts} times in a row; it is not restarted (log: {self._log})")

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
