"""The invalidation function: what Lambda calls, with requests of API Gateway and with events of EventBridge."""

from collections.abc import Callable
from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.utilities.typing import LambdaContext

from discovery.api.gateway_event import respond
from discovery.api.origin import OriginGate
from discovery.api.problems import map_errors
from discovery.composition.invalidation import InvalidationService, invalidation_service
from discovery.lifecycle import prepared
from discovery.observability import logger, metrics
from discovery.settings.access import OriginSettings
from discovery.settings.settings import Settings
from invalidation_routes import events, invalidation

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any] | None]


def make_app(service: Callable[[], InvalidationService]) -> APIGatewayHttpResolver:
    """The routes over a service, which is made at its first use."""
    app = APIGatewayHttpResolver(enable_validation=True)
    map_errors(app, lambda _: ())  # API Gateway sends only its own routes here
    invalidation.add_routes(app, service)
    return app


def make_handler(
    service: Callable[[], InvalidationService], gate: Callable[[], OriginGate] = lambda: OriginGate(OriginSettings())
) -> Handler:
    """The Lambda handler over a service, which is made at its first use, and a gate, which is open by default."""
    app = make_app(service)

    @logger.inject_lambda_context
    @metrics.flushed_after
    def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any] | None:
        if isinstance(event, dict) and "requestContext" in event:
            return respond(app, event, context, gate())
        events.dispatch(event, service)
        return None

    return lambda_handler


_settings = cache(Settings)
lambda_handler = make_handler(
    prepared(lambda: invalidation_service(_settings())), cache(lambda: OriginGate(_settings().origin))
)
