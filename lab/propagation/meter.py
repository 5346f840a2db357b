"""A proxy before the SSM API that knows who reads the policy, and can be slow or throttle."""

import asyncio
import re
import time
from dataclasses import dataclass, field

from aiohttp import ClientSession, web

from local.stack.processes import HOST

WHO = "AWS_SDK_UA_APP_ID"
"""Environment variable whose value AWS's SDKs put into their user agent: how one environment differs from another."""

_READING = "AmazonSSM.GetParametersByPath"
_JSON = "application/x-amz-json-1.1"
_PASSED_ON = ("X-Amz-Target", "Content-Type", "Authorization")


@dataclass
class Call:
    """A GetParametersByPath request; times are `time.perf_counter`'s."""

    who: str
    """The caller's `WHO`; empty where it has none."""
    began: float = field(default_factory=time.perf_counter)
    ended: float = float("inf")
    """Infinite while it is under way."""


class Meter:
    """Counts readings of the policy on their way to the API at `upstream_url`."""

    def __init__(self, session: ClientSession, upstream_url: str) -> None:
        self._session = session
        self._upstream_url = upstream_url
        self.calls: list[Call] = []
        """In the order they began; one reading of more than ten parameters is several."""
        self.delay = 0.0
        """Seconds that each of them takes at the least."""
        self.throttles = False
        app = web.Application()
        app.router.add_post("/", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def start(self) -> str:
        """Serve on a free port; returns the endpoint URL."""
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, 0).start()
        return f"http://{HOST}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop serving."""
        await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.Response:
        if request.headers.get("X-Amz-Target") != _READING:
            return await self._forward(request)
        call = Call(_asker(request))
        self.calls.append(call)
        try:
            await asyncio.sleep(self.delay)
            return _throttled() if self.throttles else await self._forward(request)
        finally:
            call.ended = time.perf_counter()

    async def _forward(self, request: web.Request) -> web.Response:
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        body = await request.read()
        headers["Accept-Encoding"] = "identity"
        async with self._session.post(self._upstream_url, data=body, headers=headers) as answer:
            return web.Response(status=answer.status, body=await answer.read(), content_type=_JSON)


def _asker(request: web.Request) -> str:
    found = re.search(r"(?:^|\s)app/(\S+)", request.headers.get("User-Agent", ""))
    return found[1] if found else ""


def _throttled() -> web.Response:
    error = {"__type": "ThrottlingException", "message": "Rate exceeded"}
    return web.json_response(error, status=400, content_type=_JSON)
