"""From errors to responses: one map for both functions, RFC 9457 problem details, never a stack trace."""

import binascii
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestUnsupportedContentType, RequestValidationError

from discovery import errors
from discovery.api.requests import MAX_BODY_BYTES
from discovery.api.responses import FieldError, Problem
from discovery.observability import logger, metrics

MEDIA_TYPE = "application/problem+json"

PROBLEMS: dict[int, Any] = {
    status: {"description": description, "content": {MEDIA_TYPE: {"model": Problem}}}
    for status, description in (
        (401, "No token, or one that can't be accepted"),
        (403, "The token lacks the scope"),
        (422, "Not a valid request; `errors` names the fields"),
        (503, "Something that this needs is unavailable"),
    )
}
"""How OpenAPI describes the problems, by status."""

Errors = Sequence[tuple[str, str]]
"""(field, detail) pairs."""


def problem(
    status: HTTPStatus, detail: str | None = None, fields: Errors = (), headers: dict[str, Any] | None = None
) -> Response[str]:
    """A problem response; its title is the status's reason phrase."""
    listed = tuple(FieldError(field=field, detail=text) for field, text in fields)
    body = Problem(title=status.phrase, status=status, detail=detail, errors=listed)
    return Response(status, content_type=MEDIA_TYPE, body=body.model_dump_json(), headers=headers)


def too_large(event: dict[str, Any]) -> dict[str, Any] | None:
    """The answer to an event whose body is over the limit, which is not even parsed; None for any other."""
    if len((event.get("body") or "").encode()) <= MAX_BODY_BYTES:
        return None
    refused = _invalid([("body", f"longer than {MAX_BODY_BYTES} bytes")])
    return {"statusCode": refused.status_code, "headers": {"Content-Type": MEDIA_TYPE}, "body": refused.body}


def map_errors(app: APIGatewayHttpResolver, methods_at: Callable[[str], Sequence[str]]) -> None:
    """Register the whole map on a resolver; `methods_at` tells which methods the API has at a path."""
    handlers: dict[type[Exception], Callable[[Any], Response[str]]] = {
        RequestValidationError: lambda error: _invalid([_field_and_detail(item) for item in error.errors()]),
        errors.RequestInvalid: lambda error: _invalid([(error.field, error.detail)]),
        RecursionError: _unreadable,
        UnicodeDecodeError: _unreadable,
        binascii.Error: _unreadable,
        RequestUnsupportedContentType: lambda _: problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "the body must be application/json"
        ),
        errors.AuthenticationError: _unauthenticated,
        errors.ScopeMissing: _forbidden,
        errors.KeysUnavailable: _unavailable,
        errors.CacheUnavailable: _unavailable,
        errors.PolicyUnavailable: _unavailable,
        errors.UserKeyUnavailable: _unavailable,
        NotFoundError: lambda _: _nothing_there(path := app.current_event.path, methods_at(path)),
        Exception: _broken,
    }
    for error, handler in handlers.items():
        app.exception_handler(error)(handler)


def _unreadable(_: Exception) -> Response[str]:
    return _invalid([("body", "can't be read as JSON")])


def _unauthenticated(error: errors.AuthenticationError) -> Response[str]:
    logger.info("request refused", reason=str(error))
    challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}  # RFC 6750
    return problem(HTTPStatus.UNAUTHORIZED, str(error), headers=challenge)


def _forbidden(error: errors.ScopeMissing) -> Response[str]:
    challenge = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{error.scope}"'}
    return problem(HTTPStatus.FORBIDDEN, str(error), headers=challenge)


def _unavailable(error: errors.DiscoveryError) -> Response[str]:
    logger.error("a dependency is unavailable", reason=str(error), error=type(error).__name__)
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, "try again in a moment", headers={"Retry-After": "5"})


def _nothing_there(path: str, allowed: Sequence[str]) -> Response[str]:
    if allowed:
        return problem(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(allowed)})
    return problem(HTTPStatus.NOT_FOUND, f"there is nothing at {path}")


def _broken(error: Exception) -> Response[str]:
    metrics.count("UnhandledError")
    logger.exception("unhandled error", error=type(error).__name__)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the error is logged")


def _invalid(fields: Errors) -> Response[str]:
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "the request is not valid", fields)


def _field_and_detail(error: dict[str, Any]) -> tuple[str, str]:
    """Where and what: `filters.year_range` rather than ("body", "filters", …), `page` rather than ("query", "page")."""
    if error["type"] == "json_invalid":
        return "body", f"not JSON: {error['ctx']['error']} at character {error['loc'][-1]}"
    if error["type"] == "reversed_range":
        return f"filters.{error['ctx']['field']}", error["msg"].partition(": ")[2]
    location = [str(part) for part in error["loc"]]
    field = ".".join(location[1:] if location[0] in ("body", "path", "query") else location)
    return field or location[0], str(error["msg"])
