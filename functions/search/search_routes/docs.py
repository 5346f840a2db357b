"""`GET /openapi.json` and `GET /docs`: the API's description, and a page to try it."""

import base64
import gzip
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from discovery.api.openapi import content_security_policy, swagger_page
from search_routes.kept import CACHE_CONTROL, is_kept, strong_etag

_HEADERS = {
    "Cache-Control": CACHE_CONTROL,
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_GZIP = re.compile(r"(?<![\w-])gzip(?![\w-])(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", re.IGNORECASE)


class Document:
    """A text that stays the same while the environment lives, compressed ahead of its answers.

    Its size is bounded: Lambda takes 6 MB, of base64 where it is compressed, and Swagger UI is 1.7 MB uncompressed.
    """

    def __init__(self, text: str, content_type: str, headers: Mapping[str, str]) -> None:
        self._plain = _tagged(text)
        self._compressed = _tagged(base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode())
        self._content_type = content_type
        self._headers = headers

    def answer(self, asked: Mapping[str, str]) -> Response[str]:
        """The answer to a request with these headers: 304 to a client that has it, compressed if gzip is accepted."""
        compress = _GZIP.search(asked.get("accept-encoding") or "") is not None
        etag, body = self._compressed if compress else self._plain
        headers = {**self._headers, "ETag": etag}
        if is_kept(asked.get("if-none-match"), etag):
            return Response(304, body="", headers=headers)
        if not compress:
            return Response(200, self._content_type, body, headers)
        answer = Response(200, self._content_type, body, {**headers, "Content-Encoding": "gzip"})
        answer.base64_encoded = True  # Powertools encodes bytes itself, though none that are called JSON
        return answer


def add_routes(app: APIGatewayHttpResolver, openapi_file: Path) -> None:
    """Add both routes, over the file that holds the description. It is read once, at the first use."""

    @cache
    def description() -> Document:
        return Document(openapi_file.read_text(encoding="utf-8"), "application/json", _HEADERS)

    @cache
    def page() -> Document:
        html = swagger_page(openapi_file.read_text(encoding="utf-8"))
        headers = {**_HEADERS, "Content-Security-Policy": content_security_policy(html)}
        return Document(html, "text/html; charset=utf-8", headers)

    @app.get("/openapi.json", include_in_schema=False)
    def openapi() -> Response[str]:
        return description().answer(app.current_event.headers)

    @app.get("/docs", include_in_schema=False)
    def docs() -> Response[str]:
        # The link at the top of the page asks for JSON.
        wanted = description() if app.current_event.get_query_string_value("format") == "json" else page()
        return wanted.answer(app.current_event.headers)


def _tagged(body: str) -> tuple[str, str]:
    """A body after its strong ETag."""
    return strong_etag(body), body
