"""The search function: routes and error mapping."""

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer
from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from discovery.composition import SearchService, search_service
from discovery.models import SearchParameters, SearchRequest
from discovery.observability import logger, metrics
from discovery.problems import map_errors, refuse_large_bodies
from discovery.responses import Health, Problem, SearchResponse
from discovery.settings import Settings

TITLE, VERSION = "Discovery", "1"
DESCRIPTION = "Personalised search of a film and series catalogue."

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def make_handler(service: Callable[[], SearchService]) -> Handler:
    """The Lambda handler over a service, which is made at its first use."""
    app = APIGatewayHttpResolver(enable_validation=True)
    app.use([refuse_large_bodies])
    map_errors(app)
    bearer: dict[str, Any] = {"bearerAuth": HTTPBearer(bearerFormat="JWT")}
    described: dict[str, Any] = {"title": TITLE, "version": VERSION, "description": DESCRIPTION}
    app.enable_swagger(path="/docs", security_schemes=bearer, persist_authorization=True, **described)
    failures: dict[int, Any] = {
        status: {"description": text, "content": {"application/problem+json": {"model": Problem}}}
        for status, text in ((401, "A bad token"), (422, "A bad request; `errors` names the fields"))
    }
    answers: dict[int, Any] = {
        200: {"description": "Results", "content": {"application/json": {"model": SearchResponse}}},
        **failures,
    }
    optional_bearer: list[dict[str, list[str]]] = [{}, {"bearerAuth": []}]

    @app.get("/v1/search", summary="Search", responses=answers, security=optional_bearer)
    def search(parameters: Annotated[SearchParameters, Query()]) -> Response[str]:
        return respond(parameters.to_request())

    @app.post("/v1/search", summary="Search, with a body", responses=answers, security=optional_bearer)
    def search_with_body(request: Annotated[SearchRequest, Body()]) -> Response[str]:
        return respond(request)

    def respond(request: SearchRequest) -> Response[str]:
        caller = service().authenticator.authenticate(app.current_event.headers.get("authorization"))
        # Serialised here, by pydantic at once: the resolver's own encoder walks it field by field.
        found = service().search(request, caller).model_dump_json()
        return Response(
            200, content_type="application/json", body=found, headers={"Cache-Control": "private, no-store"}
        )

    @app.get("/v1/health", summary="What this environment serves")
    def health() -> Health:
        return service().health()

    @app.get("/openapi.json", include_in_schema=False)
    def openapi() -> Response[str]:
        schema = app.get_openapi_json_schema(security_schemes=bearer, **described)
        return Response(200, content_type="application/json", body=schema)

    @logger.inject_lambda_context
    @metrics.flushed_after
    def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        return app.resolve(event, context)

    return lambda_handler


lambda_handler = make_handler(cache(lambda: search_service(Settings())))
