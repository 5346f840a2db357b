"""A small SONA over real sockets, in a thread: what a test says it answers, it answers."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from aiohttp import web

from tests.fakes import Likes

HANG_SECONDS = 30


@dataclass
class Engine:
    """Scores from a table; `delay` (seconds) holds every answer up, `hang` leaves every request without one."""

    likes: Likes
    has_batch: bool = True
    delay: float = 0.0
    hang: bool = False
    url: str = ""
    asked: list[str] = field(default_factory=list)
    """Paths of the requests, as they came."""
    authorizations: list[str | None] = field(default_factory=list)
    """Their `Authorization` headers."""
    _connections: set[asyncio.Transport] = field(default_factory=set)
    _loop: asyncio.AbstractEventLoop | None = None

    def drop_connections(self) -> None:
        """Close every idle connection, as a server or a balancer does while Lambda has an environment frozen."""
        dropped = threading.Event()

        def drop() -> None:
            for transport in self._connections:
                transport.abort()
            self._connections.clear()
            dropped.set()

        if self._loop is not None:
            self._loop.call_soon_threadsafe(drop)
            dropped.wait(5)

    async def scores(self, request: web.Request) -> web.Response:
        body = await self._body(request)
        if not self.has_batch:
            raise web.HTTPNotFound
        likes = self.likes.get(body["user_id"], {})
        scores = [{"content_id": item, "score": likes[item]} for item in body["content_ids"] if item in likes]
        return web.json_response({"user_id": body["user_id"], "scores": scores})

    async def score(self, request: web.Request) -> web.Response:
        body = await self._body(request)
        likes = self.likes.get(body["user_id"], {})
        if body["content_id"] not in likes:
            raise web.HTTPNotFound
        return web.json_response({**body, "score": likes[body["content_id"]]})

    async def _body(self, request: web.Request) -> dict[str, str]:
        self.asked.append(request.path)
        self.authorizations.append(request.headers.get("Authorization"))
        if isinstance(request.transport, asyncio.Transport):
            self._connections.add(request.transport)
        await asyncio.sleep(HANG_SECONDS if self.hang else self.delay)
        body: dict[str, str] = await request.json()
        return body

    async def serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        app = web.Application()
        app.router.add_post("/api/v1/personalization/scores", self.scores)
        app.router.add_post("/api/v1/personalization/score", self.score)
        runner = web.AppRunner(app, shutdown_timeout=0, handler_cancellation=True)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self._loop = asyncio.get_running_loop()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        ready.set()
        await stop.wait()
        await runner.cleanup()


@contextlib.contextmanager
def running(likes: Likes) -> Iterator[Engine]:
    """An engine on a free port, until the block ends."""
    engine = Engine(likes)
    ready, stop = threading.Event(), asyncio.Event()
    thread = threading.Thread(target=lambda: asyncio.run(engine.serve(ready, stop)), name="sona", daemon=True)
    thread.start()
    if not ready.wait(10):
        raise TimeoutError("the engine did not start")
    try:
        yield engine
    finally:
        if engine._loop is not None:
            engine._loop.call_soon_threadsafe(stop.set)
        thread.join(10)
