"""`GET /v1/suggest`: what may be meant by what somebody has typed so far. It takes no token, and knows nobody."""

from collections.abc import Callable
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from discovery.api.openapi import NOT_MODIFIED, responses
from discovery.api.requests import DEFAULT_SUGGEST_LIMIT, PrefixText, SuggestLimit
from discovery.api.suggest_responses import SuggestResponse
from discovery.composition.search import SearchService
from search_routes.kept import CACHE_CONTROL, is_kept, strong_etag

ANSWERS = responses(SuggestResponse, "Suggestions", 422) | NOT_MODIFIED


def add_routes(app: APIGatewayHttpResolver, service: Callable[[], SearchService]) -> None:
    """Add the route, over a service."""

    @app.get(
        "/v1/suggest",
        summary="Suggest while typing",
        description="Titles, people, genres and keywords of which a word begins as typed; words before the last one "
        "are whole. The same for everybody, so that answers may be kept: for five minutes, then by `If-None-Match`.",
        responses=ANSWERS,
    )
    def suggest(
        prefix: Annotated[PrefixText, Query(description="What is typed so far")],
        limit: Annotated[SuggestLimit, Query(description="Of each kind, at most")] = DEFAULT_SUGGEST_LIMIT,
    ) -> Response[str]:
        body = service().suggest(prefix, limit).model_dump_json()
        headers = {"Cache-Control": CACHE_CONTROL, "ETag": strong_etag(body)}
        if is_kept(app.current_event.headers.get("if-none-match"), headers["ETag"]):
            return Response(304, body="", headers=headers)
        return Response(200, "application/json", body, headers)
