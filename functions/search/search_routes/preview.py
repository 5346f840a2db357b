"""`GET /v1/search/preview`: one query for one person under several weights."""

from collections.abc import Callable
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from discovery.api.auth import READ_SCOPE
from discovery.api.openapi import BEARER, responses
from discovery.api.preview_responses import PreviewResponse
from discovery.api.privacy_control import PrivacyControl, heeding
from discovery.api.requests import (
    DEFAULT_PREVIEW_LIMIT,
    MAX_PREVIEW_WEIGHTS,
    MYSELF,
    PreviewLimit,
    PreviewQuery,
    PreviewRequest,
)
from discovery.composition.search import SearchService
from discovery.names import Unit, UserId
from search_routes.answer import as_json


def add_routes(app: APIGatewayHttpResolver, service: Callable[[], SearchService]) -> None:
    """Add the route, over a service."""

    @app.get(
        "/v1/search/preview",
        summary="Preview weights",
        description=f"One query for one person (`{MYSELF}` is the caller) under several weights, side by side; without "
        f"`weights`, under those of the policy's variants. Needs the scope `{READ_SCOPE}`.",
        responses=responses(PreviewResponse, "A column for each weight", 401, 403, 422),
        security=BEARER,
    )
    def preview(
        query: Annotated[PreviewQuery, Query()],
        user_id: Annotated[UserId, Query()],
        weights: Annotated[list[Unit], Query(max_length=MAX_PREVIEW_WEIGHTS)] = [],  # noqa: B006 - never changed
        limit: Annotated[PreviewLimit, Query()] = DEFAULT_PREVIEW_LIMIT,
        privacy_control: PrivacyControl = None,
    ) -> Response[str]:
        caller = service().authenticator.require_user(app.current_event.headers.get("authorization"))
        caller.require(READ_SCOPE)
        request = PreviewRequest(query, user_id, weights, limit)
        return as_json(service().preview(request, heeding(caller, privacy_control)))
