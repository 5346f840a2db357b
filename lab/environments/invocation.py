"""An invocation of the search function, as API Gateway sends it, and its answer."""

import json
from collections.abc import Callable
from http.client import HTTPMessage
from typing import Any
from urllib.parse import urlencode

from local.stack.credentials import REGION
from local.stack.environment import LambdaContext
from local.stack.function import ACCOUNT
from local.stack.processes import ROOT

QUERIES = (
    "a love story in wartime",
    "crime and revenge in the city",
    "family comedy about growing up",
    "young woman leaves home for new york",
    "space adventure on a distant planet",
    "detective hunts a killer",
    "friends on a road trip",
    "an old soldier comes home",
)
"""Broad: each finds more than a hundred candidates in any catalogue of some hundreds."""

Event = dict[str, Any]
Handler = Callable[[Event, Any], dict[str, Any]]


def search_event(query: str, token: str | None = None, **parameters: str) -> Event:
    """`GET /v1/search` in payload format 2.0, after the project's own example event."""
    event: Event = json.loads((ROOT / "events" / "search-get.json").read_text())
    asked = {"query": query, **parameters}
    event["rawQueryString"] = urlencode(asked)
    event["queryStringParameters"] = asked
    event["headers"].pop("authorization", None)
    if token is not None:
        event["headers"]["authorization"] = f"Bearer {token}"
    return event


def context() -> LambdaContext:
    """The second argument of a handler."""
    headers = HTTPMessage()
    headers["Lambda-Runtime-Aws-Request-Id"] = "00000000-0000-4000-8000-000000000000"
    headers["Lambda-Runtime-Invoked-Function-Arn"] = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:lab"
    headers["Lambda-Runtime-Deadline-Ms"] = "0"
    return LambdaContext(headers)


def body(answer: dict[str, Any]) -> dict[str, Any]:
    """The body of an answer.

    Raises:
        RuntimeError: it is no 200, so that no figure of it would mean anything.
    """
    if answer["statusCode"] != 200:  # noqa: PLR2004 - HTTP's
        raise RuntimeError(f"the search function answered {answer['statusCode']}: {answer.get('body')}")
    found: dict[str, Any] = json.loads(answer["body"])
    return found


def outcome(personalization: dict[str, Any]) -> str:
    """What a response says of its personalization, in two words: the status, and the reason or the scores' source."""
    source = "cached" if personalization["from_cache"] == personalization["candidates"] else "asked"
    return f"{personalization['status']}, {personalization['reason'] or source}"
