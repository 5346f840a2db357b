"""An event of API Gateway's HTTP API (payload format 2.0), checked and made readable before the resolver gets it.

Source: "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway". The resolver takes an event at its word:
what is missing or of another type would end in a stack trace.
"""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Literal
from urllib.parse import quote

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from discovery.api.origin import ORIGIN_HEADER, OriginGate
from discovery.api.problems import invalid, problem, too_large
from discovery.api.requests import MAX_BODY_BYTES, is_text
from discovery.errors import BodyTooLarge, OriginRefused, RequestInvalid
from discovery.observability import logger

_JSON = "application/json"
_NOT_JSON = "application/octet-stream"


def _encodable(value: str) -> str:
    if not is_text(value):
        raise ValueError("must not have half of a surrogate pair")
    return value


_Text = Annotated[str, AfterValidator(_encodable)]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, alias_generator=to_camel)


class _Http(_Part):
    method: _Text


class _Context(_Part):
    http: _Http
    stage: _Text


class _Event(_Part):
    """Those parts of an event that the resolver reads."""

    version: Literal["2.0"]
    route_key: _Text = ""
    raw_path: _Text
    raw_query_string: _Text = ""
    headers: dict[_Text, _Text]
    query_string_parameters: dict[str, str] | None = None
    path_parameters: dict[_Text, _Text] | None = None
    cookies: list[_Text] | None = None
    request_context: _Context
    body: _Text | None = None
    is_base64_encoded: bool = False


def _too_long(most: int) -> Exception:
    return RequestInvalid("body", f"must have at most {most} bytes")


@dataclass(frozen=True)
class Bodies:
    """Which bodies a function reads."""

    most: int = MAX_BODY_BYTES
    """Bytes, of text or of base64, whichever came."""
    types: frozenset[str] = frozenset({_JSON})
    """Content types that are taken for JSON."""
    too_long: Callable[[int], Exception] = _too_long
    """What is wrong with a longer one."""


JSON_BODIES = Bodies()


def respond(
    app: APIGatewayHttpResolver, event: Any, context: LambdaContext, gate: OriginGate, bodies: Bodies = JSON_BODIES
) -> dict[str, Any]:
    """The response to an event, by a resolver; a problem where the event is no readable request, or is not let in."""
    try:
        request = _Event.model_validate(event)
        gate.admit(request.headers)
        readable = {**event, **_made_readable(request, bodies)}
    except ValidationError as error:
        parts = sorted({str(place) for item in error.errors() for place in item["loc"][:1]})
        logger.warning("event refused", parts=parts)
        refused = problem(HTTPStatus.BAD_REQUEST, "the event is not a request of an HTTP API in payload format 2.0")
    except OriginRefused:
        refused = problem(HTTPStatus.FORBIDDEN, "the API is not open at this address")
    except RequestInvalid as error:
        refused = invalid(error)
    except BodyTooLarge as error:
        refused = too_large(error)
    else:
        return app.resolve(readable, context)
    return {"statusCode": refused.status_code, "headers": {"Content-Type": refused.content_type}, "body": refused.body}


def _made_readable(request: _Event, bodies: Bodies) -> dict[str, Any]:
    """What is to be changed in an event.

    Raises:
        RequestInvalid: its body is too large to be parsed, or no text.
        BodyTooLarge: the same, where the function says so.
    """
    headers = {name.lower(): value for name, value in request.headers.items()}
    headers.pop(ORIGIN_HEADER, None)
    content_type = headers.get("content-type", "").strip()
    is_json = not content_type or content_type.partition(";")[0].strip().lower() in bodies.types
    # The resolver reads forms too, and some end in an error of its own. No route takes a form: any other type is a 415.
    headers["content-type"] = _JSON if is_json else _NOT_JSON
    body = _text(request, bodies) if is_json else None
    return {"rawPath": _path(request), "headers": headers, "body": body, "isBase64Encoded": False}


def _text(request: _Event, bodies: Bodies) -> str | None:
    body = request.body or ""
    if len(body.encode()) > bodies.most:
        raise bodies.too_long(bodies.most)
    if not request.is_base64_encoded:
        return request.body
    try:
        return base64.b64decode(body).decode()
    except ValueError as error:  # of base64, or of UTF-8
        raise RequestInvalid("body", "must be valid JSON in UTF-8") from error


def _path(request: _Event) -> str:
    """The path in percent-encoding, which leaves only characters that a route's pattern matches.

    In a decoded `rawPath`, a slash in an id can't be told from one between segments. So the path is made from
    the route and its parameters, which an HTTP API decodes. A function URL sends none, and its `rawPath` is encoded.
    """
    parameters = request.path_parameters or {}
    template = request.route_key.partition(" ")[2]
    if not parameters or not template.startswith("/"):
        return quote(request.raw_path, safe="/%")
    path = re.sub(r"\{(\w+)\+?\}", lambda found: quote(parameters.get(found[1], ""), safe=""), template)
    stage = request.request_context.stage
    return path if stage == "$default" else f"/{stage}{path}"
