"""The Lambda Runtime API of one execution environment ("Using the Lambda runtime API for custom runtimes").

Each environment has an address of its own, as in Lambda, so it is known which one holds an invocation. The environments
of a function share its queue.
"""

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from local.stack.http_server import HttpServer

MAX_PAYLOAD = 6 * 1024 * 1024
"""Lambda's limit for a synchronous request and for its response, in bytes."""


class FunctionError(Exception):
    """The function or its environment failed: an "unhandled" error in Lambda's words."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(f"{error_type}: {message}")
        self.error_type = error_type


@dataclass(slots=True)
class Invocation:
    """An event on its way through a function."""

    event: Any
    result: asyncio.Future[Any]
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def fail(self, error: FunctionError) -> None:
        """Give the invoker an error, unless it already has an answer or has left."""
        if not self.result.done():
            self.result.set_exception(error)


class RuntimeApi(HttpServer):
    """Serves one environment; hands it an invocation at a time."""

    def __init__(
        self, queue: asyncio.Queue[Invocation], *, arn: str, timeout: float, on_timeout: Callable[[], None]
    ) -> None:
        self._queue = queue
        self._arn = arn
        self._timeout = timeout
        self._on_timeout = on_timeout
        self._current: Invocation | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.polled = asyncio.Event()
        """Set once the environment has loaded its handler and asked for work."""
        self.init_error = ""
        """Why the handler could not be loaded."""
        self.polls = 0
        """How often an environment has asked for work here."""

        app = web.Application(client_max_size=MAX_PAYLOAD)
        app.router.add_get("/2018-06-01/runtime/invocation/next", self._next)
        app.router.add_post("/2018-06-01/runtime/invocation/{id}/response", self._response)
        app.router.add_post("/2018-06-01/runtime/invocation/{id}/error", self._error)
        app.router.add_post("/2018-06-01/runtime/init/error", self._init_error)
        # Cancellation: a poll whose environment died must not take an invocation with it.
        super().__init__(app, handler_cancellation=True, shutdown_timeout=0.5)

    @property
    def is_busy(self) -> bool:
        """Whether the environment has an invocation in hand."""
        return self._current is not None

    async def stop(self) -> None:
        """Stop serving; an invocation in flight fails."""
        self.abandon("the local stack is stopping")
        await super().stop()

    def abandon(self, reason: str, error_type: str = "Runtime.ExitError") -> None:
        """Fail the invocation in flight: its environment is gone."""
        self.polled.clear()
        if self._current is not None:
            self._current.fail(FunctionError(error_type, reason))
            self._finish()

    async def _next(self, _: web.Request) -> web.Response:
        self.polled.set()
        self.polls += 1
        invocation = await self._queue.get()
        while invocation.result.done():  # its invoker has gone meanwhile
            invocation = await self._queue.get()
        self._current = invocation
        self._timer = asyncio.get_running_loop().call_later(self._timeout, self._timed_out)
        deadline = int((time.time() + self._timeout) * 1000)
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(deadline),
            "Lambda-Runtime-Invoked-Function-Arn": self._arn,
            "Lambda-Runtime-Trace-Id": f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]};Sampled=0",
        }
        return web.json_response(invocation.event, headers=headers)

    async def _response(self, request: web.Request) -> web.Response:
        try:
            result = await request.json()
        except web.HTTPRequestEntityTooLarge:
            self.abandon("the response exceeds the limit of 6 MB", "Function.ResponseSizeTooLarge")
            raise
        invocation = self._held(request)
        if not invocation.result.done():
            invocation.result.set_result(result)
        self._finish()
        return web.json_response({"status": "OK"}, status=202)

    async def _error(self, request: web.Request) -> web.Response:
        error = await request.json()
        self._held(request).fail(FunctionError(error["errorType"], error["errorMessage"]))
        self._finish()
        return web.json_response({"status": "OK"}, status=202)

    async def _init_error(self, request: web.Request) -> web.Response:
        error = await request.json()
        self.init_error = f"{error['errorType']}: {error['errorMessage']}"
        return web.json_response({"status": "OK"}, status=202)

    def _held(self, request: web.Request) -> Invocation:
        if self._current is None or self._current.request_id != request.match_info["id"]:
            body = {"errorMessage": "Invalid request ID", "errorType": "InvalidRequestID"}
            raise web.HTTPBadRequest(text=json.dumps(body), content_type="application/json")
        return self._current

    def _finish(self) -> None:
        self._current = None
        if self._timer is not None:
            self._timer.cancel()

    def _timed_out(self) -> None:
        self.abandon(f"Task timed out after {self._timeout:.2f} seconds", "Sandbox.Timedout")
        self._on_timeout()
