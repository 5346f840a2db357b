"""How OpenAPI describes the responses that are no success: the functions' problems, and API Gateway's own messages."""

from typing import Any

from discovery.api.problems import MEDIA_TYPE
from discovery.api.responses import GatewayMessage, Problem

ALWAYS = (429, 431, 500, 503)
"""The statuses that any request may be answered with."""

_BY_US: dict[str, Any] = {MEDIA_TYPE: {"model": Problem}}
_BY_GATEWAY: dict[str, Any] = {"application/json": {"model": GatewayMessage}}


def _header(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}


_CHALLENGE = {"WWW-Authenticate": {**_header("What is missing (RFC 6750)"), "required": True}}

PROBLEMS: dict[int, dict[str, Any]] = {
    401: {
        "description": "The bearer token is missing, or it is not accepted",
        "headers": _CHALLENGE,
        "content": _BY_US,
    },
    403: {"description": "The token does not have the scope", "headers": _CHALLENGE, "content": _BY_US},
    404: {"description": "There is nothing of this name", "content": _BY_US},
    413: {"description": "The body is too large to be read", "content": _BY_GATEWAY},
    415: {"description": "The body is not `application/json`", "content": _BY_US},
    422: {"description": "The request is not valid; `errors` names the fields", "content": _BY_US},
    429: {"description": "Too many requests", "content": _BY_GATEWAY},
    431: {"description": "The URL and the headers together are over 10 240 bytes", "content": _BY_GATEWAY},
    500: {"description": "An unexpected error; it was logged", "content": _BY_US | _BY_GATEWAY},
    503: {
        "description": "A service that the request needs is unavailable",
        "headers": {"Retry-After": _header("Seconds to wait; API Gateway itself gives none")},
        "content": _BY_US | _BY_GATEWAY,
    },
}
"""By status."""

BODY_TOO_LARGE: dict[int, dict[str, Any]] = {
    413: {"description": "The body is larger than the route reads", "content": _BY_US | _BY_GATEWAY}
}
"""Of a route that says it itself."""
