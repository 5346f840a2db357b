"""The search function: routes and error mapping."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from discovery.api.openapi import methods_at, swagger_page
from discovery.api.preview_responses import PreviewResponse
from discovery.api.problems import PROBLEMS, map_errors, too_large
from discovery.api.requests import (
    DEFAULT_PAGE_SIZE,
    DEFAULT_PREVIEW_LIMIT,
    MAX_NAMES,
    MAX_PREVIEW_WEIGHTS,
    MYSELF,
    Page,
    PageSize,
    PreviewLimit,
    PreviewRequest,
    QueryText,
    SearchRequest,
    search_request,
)
from discovery.api.responses import Health, SearchResponse
from discovery.catalogue.content import ContentRating
from discovery.composition import SearchService, search_service
from discovery.lifecycle import prepared
from discovery.names import Name, Rating, Unit, UserId, VariantName, Year
from discovery.observability import logger, metrics
from discovery.settings import Settings

READ_SCOPE = "personalization:read"
OPENAPI_FILE = Path(__file__).parent / "openapi.json"
"""Both functions' routes, generated from them by `make openapi`."""

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def make_app(service: Callable[[], SearchService]) -> APIGatewayHttpResolver:
    """The routes over a service, which is made at its first use."""
    app = APIGatewayHttpResolver(enable_validation=True)
    map_errors(app, lambda path: methods_at(json.loads(OPENAPI_FILE.read_text()), path))
    answers: dict[int, Any] = {
        200: {"description": "Results", "content": {"application/json": {"model": SearchResponse}}},
        **{status: PROBLEMS[status] for status in (401, 422)},
    }
    previews: dict[int, Any] = {
        200: {"description": "A column for each weight", "content": {"application/json": {"model": PreviewResponse}}},
        **{status: PROBLEMS[status] for status in (401, 403, 422)},
    }
    optional_bearer: list[dict[str, list[str]]] = [{}, {"bearerAuth": []}]

    @app.get("/v1/search", summary="Search", responses=answers, security=optional_bearer, compress=True)
    def search(
        query: Annotated[QueryText, Query()],
        # Written out: Powertools takes a list behind an alias for a scalar, and refuses a single value.
        genres: Annotated[list[Name], Query(max_length=MAX_NAMES)] = [],  # noqa: B006 - never changed
        platforms: Annotated[list[Name], Query(max_length=MAX_NAMES)] = [],  # noqa: B006
        year_min: Annotated[Year | None, Query()] = None,
        year_max: Annotated[Year | None, Query()] = None,
        rating_min: Annotated[Rating | None, Query()] = None,
        rating_max: Annotated[Rating | None, Query()] = None,
        max_content_rating: Annotated[ContentRating | None, Query()] = None,
        page: Annotated[Page, Query()] = 1,
        page_size: Annotated[PageSize, Query()] = DEFAULT_PAGE_SIZE,
        experiment_variant: Annotated[VariantName | None, Query()] = None,
        explain: Annotated[bool, Query()] = False,
    ) -> Response[str]:
        request = search_request(
            query=query,
            genres=genres,
            platforms=platforms,
            years=(year_min, year_max),
            ratings=(rating_min, rating_max),
            max_content_rating=max_content_rating,
            page=page,
            page_size=page_size,
            experiment_variant=experiment_variant,
            explain=explain,
        )
        return respond(request)

    @app.post("/v1/search", summary="Search, with a body", responses=answers, security=optional_bearer, compress=True)
    def search_with_body(request: Annotated[SearchRequest, Body()]) -> Response[str]:
        return respond(request)

    def respond(request: SearchRequest) -> Response[str]:
        caller = service().authenticator.authenticate(app.current_event.headers.get("authorization"))
        return as_json(service().search(request, caller))

    def as_json(found: SearchResponse | PreviewResponse) -> Response[str]:
        # Serialized here, by pydantic at once: the resolver's own encoder walks it field by field.
        return Response(
            200,
            content_type="application/json",
            body=found.model_dump_json(),
            headers={"Cache-Control": "private, no-store"},
        )

    @app.get(
        "/v1/search/preview",
        summary="Preview weights",
        description=f"One query for one person (`{MYSELF}` is the caller) under several weights, side by side; without "
        f"`weights`, under those of the policy's variants. Needs the scope `{READ_SCOPE}`.",
        responses=previews,
        security=[{"bearerAuth": []}],
    )
    def preview(
        query: Annotated[QueryText, Query()],
        user_id: Annotated[UserId, Query()],
        weights: Annotated[list[Unit], Query(max_length=MAX_PREVIEW_WEIGHTS)] = [],  # noqa: B006
        limit: Annotated[PreviewLimit, Query()] = DEFAULT_PREVIEW_LIMIT,
    ) -> Response[str]:
        caller = service().authenticator.require_user(app.current_event.headers.get("authorization"))
        caller.require(READ_SCOPE)
        return as_json(service().preview(PreviewRequest(query, user_id, weights, limit), caller))

    @app.get("/v1/health", summary="What this environment serves")
    def health() -> Health:
        return service().health()

    @app.get("/openapi.json", include_in_schema=False)
    def openapi() -> Response[str]:
        return Response(200, content_type="application/json", body=OPENAPI_FILE.read_text())

    @app.get("/docs", include_in_schema=False)
    def docs() -> Response[str]:
        if app.current_event.get_query_string_value("format") == "json":  # the link at the top of the page
            return openapi()
        return Response(200, content_type="text/html; charset=utf-8", body=swagger_page(OPENAPI_FILE.read_text()))

    return app


def make_handler(service: Callable[[], SearchService]) -> Handler:
    """The Lambda handler over a service, which is made at its first use."""
    app = make_app(service)

    @logger.inject_lambda_context
    @metrics.flushed_after
    def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        return too_large(event) or app.resolve(event, context)

    return lambda_handler


lambda_handler = make_handler(prepared(lambda: search_service(Settings())))
