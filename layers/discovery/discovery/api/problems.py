"""Turns errors into responses, for all functions: RFC 9457 problem details, never a stack trace."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestUnsupportedContentType, RequestValidationError

from discovery import errors
from discovery.api.responses import FieldError, Problem
from discovery.observability import logger, metrics

MEDIA_TYPE = "application/problem+json"

_INVALID = "the request is not valid"
_MOST_LISTED = 20
"""Errors of one request."""
_MOST_SHOWN = 200
"""Characters of one text."""

Errors = Sequence[tuple[str, str]]
"""(field, detail) pairs."""


def problem(
    status: HTTPStatus, detail: str | None = None, fields: Errors = (), headers: dict[str, Any] | None = None
) -> Response[str]:
    """A problem response; its title is the status's reason phrase."""
    listed = tuple(FieldError(field=_shown(field), detail=_shown(text)) for field, text in fields)
    body = Problem(title=status.phrase, status=status, detail=detail and _shown(detail), errors=listed)
    return Response(status, content_type=MEDIA_TYPE, body=body.model_dump_json(), headers=headers)


def map_errors(app: APIGatewayHttpResolver, methods_at: Callable[[str], Sequence[str]]) -> None:
    """Make a resolver answer every error with a problem; `methods_at` gives the methods that the API has at a path."""
    handlers: dict[type[Exception], Callable[[Any], Response[str]]] = {
        RequestValidationError: _invalid_fields,
        errors.RequestInvalid: invalid,
        RequestUnsupportedContentType: lambda _: problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "the content type must be application/json"
        ),
        errors.BodyTooLarge: too_large,
        errors.EventsNotTaken: _unavailable,
        errors.AuthenticationError: _unauthenticated,
        errors.ScopeMissing: _forbidden,
        errors.KeysUnavailable: _unavailable,
        errors.CacheUnavailable: _unavailable,
        errors.PolicyUnavailable: _unavailable,
        errors.LakeUnavailable: _unavailable,
        errors.IndexUnavailable: _unavailable,
        errors.UserKeyUnavailable: _unavailable,
        NotFoundError: lambda _: _nothing_there(path := app.current_event.path, methods_at(path)),
        Exception: _broken,
    }
    for error, handler in handlers.items():
        app.exception_handler(error)(handler)


def _unauthenticated(error: errors.AuthenticationError) -> Response[str]:
    logger.info("request refused", reason=str(error))
    challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}  # RFC 6750
    return problem(HTTPStatus.UNAUTHORIZED, str(error), headers=challenge)


def _forbidden(error: errors.ScopeMissing) -> Response[str]:
    challenge = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{error.scope}"'}
    return problem(HTTPStatus.FORBIDDEN, str(error), headers=challenge)


def _unavailable(error: errors.DiscoveryError) -> Response[str]:
    logger.error("a dependency is unavailable", reason=str(error), error=type(error).__name__)
    detail = "a service that this request needs is unavailable; try again in a few seconds"
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": "5"})


def _nothing_there(path: str, allowed: Sequence[str]) -> Response[str]:
    if allowed:
        return problem(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(allowed)})
    return problem(HTTPStatus.NOT_FOUND, f"the API has no path {path}")


def _broken(error: Exception) -> Response[str]:
    metrics.defect("UnhandledError")
    logger.exception("unhandled error", error=type(error).__name__)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "an unexpected error happened and was logged")


def invalid(error: errors.RequestInvalid) -> Response[str]:
    """The response to a request of which one value is not acceptable."""
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, _INVALID, [(error.field, error.detail)])


def too_large(error: errors.BodyTooLarge) -> Response[str]:
    """The response to a request whose body is not read."""
    return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(error))


def _invalid_fields(error: RequestValidationError) -> Response[str]:
    found = error.errors()
    detail = f"{_INVALID}: {len(found)} errors, of which the first {_MOST_LISTED} are listed"
    listed = [_field_and_detail(item) for item in found[:_MOST_LISTED]]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail if len(found) > _MOST_LISTED else _INVALID, listed)


def _shown(text: str) -> str:
    """A text, cut where it is long: a client's own may be."""
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def _field_and_detail(error: dict[str, Any]) -> tuple[str, str]:
    """A field's path without where it was sent (`filters.year_range`, `page`), and what is wrong with it."""
    if error["type"] == "reversed_range":
        return f"filters.{error['ctx']['field']}", error["msg"].partition(": ")[2]
    location = [str(part) for part in error["loc"]]
    field = ".".join(location[1:] if location[0] in ("body", "path", "query") else location)
    return field or location[0], str(error["msg"])
