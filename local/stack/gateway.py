"""The HTTP API: matches a request with a route, invokes the route's function, answers as API Gateway does."""

import asyncio
import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import unquote

from aiohttp import web

from local.stack.deployment import Route
from local.stack.http_event import event_of, response_of
from local.stack.http_server import HttpServer
from local.stack.page import Page
from local.stack.runtime_api import MAX_PAYLOAD, FunctionError

INTEGRATION_TIMEOUT = 30.0
"""Seconds; an HTTP API's limit."""
MAX_HEAD = 10_240
"""Bytes of the request line and the headers' values together, of an HTTP API ("Quotas for … an HTTP API")."""
_MAX_READ = 1024 * 1024
"""Bytes of a line that are read at all, so that more than `MAX_HEAD` is refused in API Gateway's words."""


class Invocable(Protocol):
    """What can be invoked with an event."""

    async def invoke(self, event: Any) -> Any:
        """Return the handler's return value; raises FunctionError."""


class Router:
    """Finds a request's route: the most specific path wins, then a method over ANY; `$default` takes the rest."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = sorted(((_pattern(route.path), route) for route in routes), key=lambda pair: _rank(pair[1]))

    def match(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """Return the route of an encoded path and its parameters, decoded; or None where nothing matches."""
        for pattern, route in self._routes:
            if route.method in (method, "ANY") and (found := pattern.fullmatch(path)):
                names = re.findall(r"\{(\w+)\+?\}", route.path)
                return route, dict(zip(names, map(unquote, found.groups()), strict=True))
        return None


class Gateway(HttpServer):
    """The HTTP server in front of the functions."""

    def __init__(
        self,
        routes: Sequence[Route],
        functions: Mapping[str, Invocable],
        *,
        report: Callable[[str], None],
        page: Page | None = None,
    ) -> None:
        self._router = Router(routes)
        self._functions = functions
        self._report = report
        app = web.Application(client_max_size=MAX_PAYLOAD)
        if page is not None:
            page.add_to(app.router)
        app.router.add_route("*", "/{path:(?s:.*)}", self._handle)  # a decoded path may have line breaks
        super().__init__(app, max_line=_MAX_READ)

    async def _handle(self, request: web.Request) -> web.Response:
        try:
            response = await self._answer(request)
        except web.HTTPRequestEntityTooLarge:
            response = _message(413, "Request Too Long")
        response.headers["apigw-requestid"] = uuid.uuid4().hex[:15]
        return response

    async def _answer(self, request: web.Request) -> web.Response:
        if _head_size(request) > MAX_HEAD:
            return _message(431, "Request Header Fields Too Large")  # AWS names the limit, and not the status
        matched = self._router.match(request.method, request.rel_url.raw_path)
        if matched is None:
            return _message(404, "Not Found")
        route, path_parameters = matched
        event = await event_of(request, route, path_parameters)
        try:
            async with asyncio.timeout(INTEGRATION_TIMEOUT):
                return response_of(await self._functions[route.function].invoke(event))
        except TimeoutError:
            self._report(f"{route.key}: {route.function} did not answer within {INTEGRATION_TIMEOUT:g} s")
            return _message(503, "Service Unavailable")
        except FunctionError as error:
            self._report(f"{route.key}: {route.function} failed: {error}")
            return _message(500, "Internal Server Error")


def _head_size(request: web.Request) -> int:
    line = f"{request.method} {request.raw_path} HTTP/{request.version.major}.{request.version.minor}"
    return len(line.encode("utf-8", "surrogateescape")) + sum(len(value) for _, value in request.raw_headers)


def _message(status: int, message: str) -> web.Response:
    return web.json_response({"message": message}, status=status)


def _pattern(path: str) -> re.Pattern[str]:
    if path == "$default":
        return re.compile(".*", re.DOTALL)
    pieces = re.split(r"(\{\w+\+?\})", path)
    return re.compile("".join(_piece(piece) for piece in pieces), re.DOTALL)


def _piece(piece: str) -> str:
    if not piece.startswith("{"):
        return re.escape(piece)
    return "(.+)" if piece.endswith("+}") else "([^/]+)"


def _rank(route: Route) -> tuple[int, bool]:
    kinds = {"$default": 3, "+}": 2, "}": 1}
    kind = next((rank for mark, rank in kinds.items() if mark in route.path), 0)
    return kind, route.method == "ANY"
