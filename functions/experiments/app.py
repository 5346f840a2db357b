"""The experiments function: what Lambda calls, with requests of API Gateway and every hour by EventBridge."""

from collections.abc import Callable
from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.utilities.typing import LambdaContext

from discovery.api.gateway_event import respond
from discovery.api.origin import OriginGate
from discovery.api.problems import map_errors
from discovery.lifecycle import prepared
from discovery.observability import logger, metrics
from discovery.settings.access import OriginSettings
from discovery.settings.settings import Settings
from experiments_routes import results
from experiments_routes.service import ExperimentsService, experiments_service

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any] | None]


def make_app(service: Callable[[], ExperimentsService]) -> APIGatewayHttpResolver:
    """The route over a service, which is made at its first use."""
    app = APIGatewayHttpResolver(enable_validation=True)
    map_errors(app, lambda _: ())  # API Gateway sends only its own route here
    results.add_routes(app, service)
    return app


def make_handler(
    service: Callable[[], ExperimentsService], gate: Callable[[], OriginGate] = lambda: OriginGate(OriginSettings())
) -> Handler:
    """The Lambda handler over a service, which is made at its first use, and a gate, which is open by default."""
    app = make_app(service)

    @logger.inject_lambda_context
    @metrics.flushed_after
    def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any] | None:
        if "requestContext" in event:
            return respond(app, event, context, gate())
        service().analyse(event.get("experiment"))  # an operator may name one
        return None

    return lambda_handler


_settings = cache(Settings)
lambda_handler = make_handler(
    prepared(lambda: experiments_service(_settings())), cache(lambda: OriginGate(_settings().origin))
)
