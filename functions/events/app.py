"""The events function: what Lambda calls with what people did."""

from collections.abc import Callable
from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.utilities.typing import LambdaContext

from discovery.api.event_requests import MAX_BATCH_BYTES
from discovery.api.gateway_event import Bodies, respond
from discovery.api.origin import OriginGate
from discovery.api.problems import map_errors
from discovery.api.requests import json_object
from discovery.composition.events import EventsService, events_service
from discovery.errors import BodyTooLarge
from discovery.lifecycle import prepared
from discovery.observability import logger, metrics
from discovery.settings.access import OriginSettings
from discovery.settings.settings import Settings
from events_routes import events

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]

_BODIES = Bodies(MAX_BATCH_BYTES, frozenset({"application/json", "text/plain"}), BodyTooLarge)
"""A page that is being left sends text/plain, which browsers send to another origin without asking it first."""


def make_app(service: Callable[[], EventsService]) -> APIGatewayHttpResolver:
    """The route over a service, which is made at its first use."""
    app = APIGatewayHttpResolver(enable_validation=True, json_body_deserializer=json_object)
    map_errors(app, lambda _: ())  # API Gateway sends only its own route here
    events.add_routes(app, service)
    return app


def make_handler(
    service: Callable[[], EventsService], gate: Callable[[], OriginGate] = lambda: OriginGate(OriginSettings())
) -> Handler:
    """The Lambda handler over a service, which is made at its first use, and a gate, which is open by default."""
    app = make_app(service)

    @logger.inject_lambda_context
    @metrics.flushed_after
    def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        return respond(app, event, context, gate(), _BODIES)

    return lambda_handler


_settings = cache(Settings)
lambda_handler = make_handler(
    prepared(lambda: events_service(_settings())), cache(lambda: OriginGate(_settings().origin))
)
