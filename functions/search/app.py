"""The search function: what Lambda calls."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.utilities.typing import LambdaContext

from discovery.api.gateway_event import respond
from discovery.api.openapi import methods_at
from discovery.api.origin import OriginGate
from discovery.api.problems import map_errors
from discovery.api.requests import json_object
from discovery.composition.search import SearchService, search_service
from discovery.lifecycle import prepared
from discovery.observability import logger, metrics
from discovery.settings.access import OriginSettings
from discovery.settings.settings import Settings
from search_routes import docs, health, preview, search, suggest

OPENAPI_FILE = Path(__file__).parent / "openapi.json"
"""Both functions' routes, generated from them by `make openapi`."""

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def make_app(service: Callable[[], SearchService]) -> APIGatewayHttpResolver:
    """The routes over a service, which is made at its first use."""
    app = APIGatewayHttpResolver(enable_validation=True, json_body_deserializer=json_object)
    map_errors(app, lambda path: methods_at(json.loads(OPENAPI_FILE.read_text()), path))
    search.add_routes(app, service)
    preview.add_routes(app, service)
    suggest.add_routes(app, service)
    health.add_routes(app, service)
    docs.add_routes(app, OPENAPI_FILE)
    return app


def make_handler(
    service: Callable[[], SearchService], gate: Callable[[], OriginGate] = lambda: OriginGate(OriginSettings())
) -> Handler:
    """The Lambda handler over a service, which is made at its first use, and a gate, which is open by default."""
    app = make_app(service)

    @logger.inject_lambda_context
    @metrics.flushed_after
    def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        return respond(app, event, context, gate())

    return lambda_handler


_settings = cache(Settings)
lambda_handler = make_handler(
    prepared(lambda: search_service(_settings())), cache(lambda: OriginGate(_settings().origin))
)
