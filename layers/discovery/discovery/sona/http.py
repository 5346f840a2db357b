"""Posting JSON to SONA: one retry for a connection that died idle, and no answer longer or other than it may be.

Requests go to httpx's transport and not through its client, whose redirects, cookies and URL merging nobody needs here:
for a hundred single requests that halves the time.
"""

import ssl
from collections.abc import AsyncIterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Self, cast

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from pydantic import BaseModel

from discovery.errors import SonaUnavailable
from discovery.observability import metrics
from discovery.reason import Reason
from discovery.sona.token import SonaToken, fixed_token

MAX_ANSWER_BYTES = 1024 * 1024
"""A batch of 500 scores takes 0.1 MB."""
_MAX_CONNECTIONS = 20
"""A hundred requests through twenty connections take less time than through a hundred, at p95 half of it."""
_HEADERS = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
_REFUSALS = (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)


@dataclass(frozen=True)
class Answer:
    """Status and body of an answer."""

    status: int
    body: bytes


class JsonPoster:
    """Posts JSON to paths under one URL."""

    def __init__(
        self, transport: httpx.AsyncBaseTransport, url: str, *, timeout_sec: float, token: SonaToken | None = None
    ) -> None:
        """`timeout_sec` is a backstop for each step of a request; the deadline of personalization comes first."""
        self._transport = transport
        self._token = token or fixed_token("")
        """Sent with each request."""
        self._url = url.rstrip("/")
        self._urls: dict[str, httpx.URL] = {}
        """Parsed, by path: parsing an URL takes an eighth of a small request's time."""
        self._timeout = httpx.Timeout(timeout_sec).as_dict()

    @classmethod
    def over_aiohttp(
        cls, url: str, *, timeout_sec: float, token: SonaToken | None = None, ca_file: Path | None = None
    ) -> Self:
        """With aiohttp's connections underneath; `ca_file` holds the certificates (PEM) that sign SONA's."""
        limits = httpx.Limits(max_connections=_MAX_CONNECTIONS)
        # Reading the certificates of authorities is 25 ms of a cold start.
        verify: ssl.SSLContext | bool = url.lower().startswith("https:")
        if verify and ca_file is not None:
            verify = ssl.create_default_context(cafile=ca_file)
        transport = AiohttpTransport(verify=verify, limits=limits, trust_env=False)
        return cls(transport, url, timeout_sec=timeout_sec, token=token)

    def with_timeout(self, timeout_sec: float) -> Self:
        """The same connections under another timeout; closing one of the two closes them."""
        return type(self)(self._transport, self._url, timeout_sec=timeout_sec, token=self._token)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    def require_token(self) -> None:
        """Check that nothing is missing to ask SONA with.

        Raises:
            SonaUnavailable: there is no token to send yet.
        """
        self._token.authorization()

    async def post(self, path: str, body: BaseModel) -> Answer:
        """Post, a second time where the connection died idle: Lambda freezes an environment and its sockets with it.

        Raises:
            SonaUnavailable: no answer, one that is too long or not JSON, or a refusal of us (401, 403).
        """
        answer = await self._answered(path, body)
        if answer.status in _REFUSALS:
            self._token.refused(answer.status)
            raise SonaUnavailable(Reason.SONA_REFUSED, f"status {answer.status}")
        self._token.accepted()
        return answer

    async def _answered(self, path: str, body: BaseModel) -> Answer:
        try:
            try:
                return await self._attempt(path, body)
            except httpx.TransportError as error:
                if not _died_idle(error):
                    raise
                metrics.count("SonaRetried")
                return await self._attempt(path, body)
        except (httpx.ReadTimeout, httpx.WriteTimeout, httpx.PoolTimeout) as error:
            raise SonaUnavailable(Reason.TIMEOUT, type(error).__name__) from error
        except (httpx.HTTPError, aiohttp.ClientError) as error:  # what is not HTTP at all passes httpx-aiohttp unmapped
            raise SonaUnavailable(Reason.SONA_UNAVAILABLE, type(error.__cause__ or error).__name__) from error

    async def _attempt(self, path: str, body: BaseModel) -> Answer:
        """Read no more of the answer than it may have: a length can be announced wrongly, or not at all."""
        content = body.model_dump_json(exclude_defaults=True).encode()  # an engine need not know what is newer
        extensions = {"timeout": self._timeout}
        headers = _headers(self._token.authorization())
        request = httpx.Request("POST", self._parsed(path), headers=headers, content=content, extensions=extensions)
        response = await self._transport.handle_async_request(request)
        try:
            if response.status_code != httpx.codes.OK:
                return Answer(response.status_code, b"")
            if not response.headers.get("content-type", "").startswith("application/json"):
                raise SonaUnavailable(Reason.SONA_INVALID, "the answer is not JSON")
            read = bytearray()
            async for part in cast(AsyncIterable[bytes], response.stream):
                read += part
                if len(read) > MAX_ANSWER_BYTES:
                    raise SonaUnavailable(Reason.SONA_INVALID, "the answer is too long")
            return Answer(response.status_code, bytes(read))
        finally:
            await response.aclose()

    def _parsed(self, path: str) -> httpx.URL:
        if path not in self._urls:
            self._urls[path] = httpx.URL(self._url + path)
        return self._urls[path]


@lru_cache(maxsize=4)
def _headers(authorization: str | None) -> httpx.Headers:
    """Made once for each token, which is rarely replaced."""
    own = {} if authorization is None else {"Authorization": authorization}
    return httpx.Headers(_HEADERS | own)


def _died_idle(error: httpx.TransportError) -> bool:
    """Whether a kept connection turned out dead, rather than a new one refused.

    Asked of aiohttp's own error: httpx-aiohttp calls a lost connection and a refused one alike a ConnectTimeout.
    """
    lost = isinstance(error.__cause__, aiohttp.ServerDisconnectedError | aiohttp.ClientOSError)
    return lost and not isinstance(error.__cause__, aiohttp.ClientConnectorError)
