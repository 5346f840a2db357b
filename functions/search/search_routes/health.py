"""`GET /v1/health`: which catalogue and which policy this environment serves."""

from collections.abc import Callable

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from discovery.api.openapi import responses
from discovery.api.responses import Health
from discovery.composition.search import SearchService

ANSWERS = responses(Health, "What it serves")


def add_routes(app: APIGatewayHttpResolver, service: Callable[[], SearchService]) -> None:
    """Add the route, over a service."""

    @app.get("/v1/health", summary="What this environment serves", responses=ANSWERS)
    def health() -> Health:
        return service().health()
