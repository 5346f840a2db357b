"""`GET` and `POST /v1/search`: one search, by query parameters or by a JSON body."""

from collections.abc import Callable
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query

from discovery.api.openapi import BEARER_OR_NONE, responses
from discovery.api.privacy_control import PrivacyControl, heeding
from discovery.api.requests import (
    DEFAULT_PAGE_SIZE,
    MAX_NAMES,
    CursorText,
    Order,
    Page,
    PageSize,
    QueryText,
    SearchRequest,
    Sort,
    search_request,
)
from discovery.api.search_responses import SearchResponse
from discovery.catalogue.content import ContentRating
from discovery.composition.search import SearchService
from discovery.names import Name, Rating, VariantName, Year
from search_routes.answer import as_json

ANSWERS = responses(SearchResponse, "Results", 401, 422)
ANSWERS_TO_BODY = responses(SearchResponse, "Results", 401, 413, 415, 422)


def add_routes(app: APIGatewayHttpResolver, service: Callable[[], SearchService]) -> None:
    """Add both routes, over a service."""

    def respond(request: SearchRequest, privacy_control: str | None) -> Response[str]:
        caller = service().authenticator.authenticate(app.current_event.headers.get("authorization"))
        return as_json(service().search(request, heeding(caller, privacy_control)))

    # One model for all parameters would be shorter, but Powertools then describes them without limits and defaults.
    @app.get(
        "/v1/search",
        summary="Search",
        description="Several names of one filter are parameters that repeat, or one with commas between the names. "
        "A name that has a comma itself needs the search with a body.",
        responses=ANSWERS,
        security=BEARER_OR_NONE,
        compress=True,
    )
    def search(
        query: Annotated[QueryText, Query(description="without one, everything that passes the filters")] = "",
        # Not an alias of `requests`: Powertools takes an aliased list for a scalar, and refuses a single value.
        genres: Annotated[list[Name], Query(max_length=MAX_NAMES)] = [],  # noqa: B006 - never changed
        platforms: Annotated[list[Name], Query(max_length=MAX_NAMES)] = [],  # noqa: B006
        directors: Annotated[list[Name], Query(max_length=MAX_NAMES)] = [],  # noqa: B006
        countries: Annotated[list[Name], Query(max_length=MAX_NAMES)] = [],  # noqa: B006
        languages: Annotated[list[Name], Query(max_length=MAX_NAMES)] = [],  # noqa: B006
        keywords: Annotated[list[Name], Query(max_length=MAX_NAMES)] = [],  # noqa: B006
        year_min: Annotated[Year | None, Query()] = None,
        year_max: Annotated[Year | None, Query()] = None,
        rating_min: Annotated[Rating | None, Query()] = None,
        rating_max: Annotated[Rating | None, Query()] = None,
        max_content_rating: Annotated[ContentRating | None, Query()] = None,
        page: Annotated[Page, Query()] = 1,
        page_size: Annotated[PageSize, Query()] = DEFAULT_PAGE_SIZE,
        cursor: Annotated[
            CursorText | None, Query(description="as the first page gave it: pages are then of one list of results")
        ] = None,
        experiment_variant: Annotated[VariantName | None, Query()] = None,
        explain: Annotated[bool, Query()] = False,
        correct: Annotated[bool, Query(description="false: search words as they are, however they are spelled")] = True,
        highlight: Annotated[bool, Query(description="true: tell where the words of the query are in results")] = False,
        disjunctive_facets: Annotated[
            bool, Query(description="true: facets that are filtered by are counted without their own filter too")
        ] = False,
        sort: Annotated[Sort, Query(description="any but relevance, the best first, is not personalized")] = (
            Sort.RELEVANCE
        ),
        order: Annotated[Order | None, Query(description="by default desc, and asc for titles")] = None,
        privacy_control: PrivacyControl = None,
    ) -> Response[str]:
        request = search_request(
            query=query,
            names={
                "genres": genres,
                "platforms": platforms,
                "directors": directors,
                "countries": countries,
                "languages": languages,
                "keywords": keywords,
            },
            years=(year_min, year_max),
            ratings=(rating_min, rating_max),
            max_content_rating=max_content_rating,
            page=page,
            page_size=page_size,
            cursor=cursor,
            experiment_variant=experiment_variant,
            explain=explain,
            correct=correct,
            highlight=highlight,
            disjunctive_facets=disjunctive_facets,
            sort=sort,
            order=order,
        )
        return respond(request, privacy_control)

    @app.post(
        "/v1/search",
        summary="Search, with a body",
        responses=ANSWERS_TO_BODY,
        security=BEARER_OR_NONE,
        compress=True,
    )
    def search_with_body(
        request: Annotated[SearchRequest, Body()], privacy_control: PrivacyControl = None
    ) -> Response[str]:
        return respond(request, privacy_control)
