"""Stands before OpenSearch and passes on what it is asked, unless it is told to misbehave."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from aiohttp import ClientError, ClientSession, web

from local.stack.processes import HOST

Way = Literal["healthy", "refuse", "hang", "slow", "429", "half", "cut"]
"""Refuses connections, never answers, answers late, refuses with 429, answers half of it and stops, or cuts the
connection in the middle of the answer."""

SLOW_SECONDS = 1.0
_HANG_SECONDS = 30.0
_PASSED_ON = ("Content-Type",)


class Proxy:
    """Of one OpenSearch; runs on a thread with an event loop of its own."""

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream
        self._way: Way = "healthy"
        self._loop = asyncio.new_event_loop()
        self._port = 0

    @property
    def url(self) -> str:
        """Its own, the same for good."""
        return f"http://{HOST}:{self._port}"

    def misbehave(self, way: Way) -> None:
        """From the next request on."""
        asyncio.run_coroutine_threadsafe(self._turn(way), self._loop).result(timeout=10)

    @contextmanager
    def running(self) -> Iterator["Proxy"]:
        """Listen on a free port."""
        thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(timeout=10)
        try:
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(timeout=10)
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join(timeout=10)

    async def _start(self) -> None:
        self._session = ClientSession()
        app = web.Application(client_max_size=1 << 26)
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await self._listen()

    async def _listen(self) -> None:
        self._site = web.TCPSite(self._runner, HOST, self._port)
        await self._site.start()
        self._port = self._runner.addresses[0][1]

    async def _stop(self) -> None:
        await self._runner.cleanup()
        await self._session.close()

    async def _turn(self, way: Way) -> None:
        if way == "refuse":
            await self._site.stop()
            for handler in self._runner.server.connections if self._runner.server else ():
                handler.force_close()
        elif self._way == "refuse":
            await self._listen()
        self._way = way

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        way, body = self._way, await request.read()
        if way == "hang":
            await asyncio.sleep(_HANG_SECONDS)
        if way == "slow":
            await asyncio.sleep(SLOW_SECONDS)
        if way == "429":
            return web.json_response({"error": {"type": "rejected_execution_exception"}, "status": 429}, status=429)
        try:
            said = await self._asked(request, body)
        except ClientError:
            return web.Response(status=502)
        if way in ("half", "cut"):
            return await self._broken(request, said, cut=way == "cut")
        return said

    async def _asked(self, request: web.Request, body: bytes) -> web.Response:
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        url = f"{self._upstream}{request.path_qs}"
        async with self._session.request(request.method, url, data=body, headers=headers) as answer:
            text = await answer.read()
            return web.Response(body=text, status=answer.status, content_type=answer.content_type)

    async def _broken(self, request: web.Request, said: web.Response, *, cut: bool) -> web.StreamResponse:
        """Half of an answer: the end is missing under a right length, or the connection is gone."""
        text = said.body if isinstance(said.body, bytes) else b""
        half = text[: len(text) // 2]
        if not cut:
            return web.Response(body=half, status=said.status, content_type=said.content_type)
        response = web.StreamResponse(headers={"Content-Length": str(len(text))})
        await response.prepare(request)
        await response.write(half)
        if request.transport is not None:
            request.transport.abort()
        return response
