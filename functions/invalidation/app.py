"""The invalidation function: routes, and dispatch of EventBridge events."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.utilities.typing import LambdaContext

from discovery.api.problems import PROBLEMS, map_errors, too_large
from discovery.api.responses import Invalidated
from discovery.composition import InvalidationService, invalidation_service
from discovery.lifecycle import prepared
from discovery.observability import logger, metrics
from discovery.settings import Settings

WRITE_SCOPE = "personalization:write"
ADMIN_SCOPE = "personalization:admin"
MYSELF = "me"

_ANSWERS: dict[int, Any] = {200: {"description": "Done", "content": {"application/json": {"model": Invalidated}}}}

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any] | None]


def make_app(service: Callable[[], InvalidationService]) -> APIGatewayHttpResolver:
    """The routes over a service, which is made at its first use."""
    app = APIGatewayHttpResolver(enable_validation=True)
    map_errors(app, lambda _: ())  # API Gateway sends only its own routes here
    failures: dict[int, Any] = {status: PROBLEMS[status] for status in (401, 403, 503)}
    bearer: list[dict[str, list[str]]] = [{"bearerAuth": []}]

    @app.delete(
        "/v1/users/<user_id>/personalization-cache",
        summary="Invalidate one user's scores",
        description=f"`{MYSELF}` is the caller; another id needs the scope `{WRITE_SCOPE}`.",
        responses=_ANSWERS | failures,
        security=bearer,
    )
    def invalidate_user(user_id: str) -> Invalidated:
        caller = service().authenticator.require_user(app.current_event.headers.get("authorization"))
        if user_id not in (MYSELF, caller.user_id):
            caller.require(WRITE_SCOPE)
        service().invalidator.invalidate_user(str(caller.user_id) if user_id == MYSELF else user_id)
        return Invalidated(scope="user")

    @app.delete(
        "/v1/personalization-cache",
        summary="Invalidate everybody's scores",
        description=f"Raises the cache generation; needs the scope `{ADMIN_SCOPE}`.",
        responses=_ANSWERS | failures,
        security=bearer,
    )
    def invalidate_all() -> Invalidated:
        service().authenticator.require_user(app.current_event.headers.get("authorization")).require(ADMIN_SCOPE)
        return Invalidated(scope="all", cache_generation=service().invalidator.invalidate_all())

    return app


def make_handler(service: Callable[[], InvalidationService]) -> Handler:
    """The Lambda handler over a service, which is made at its first use."""
    app = make_app(service)

    def on_event(event: dict[str, Any]) -> None:
        """Dispatch an EventBridge event; an exception makes EventBridge try again."""
        match event:
            case {"source": "sona", "detail-type": "UserPreferencesUpdated", "detail": {"user_id": str(user_id)}}:
                service().invalidator.invalidate_user(user_id)
            case {"source": "aws.ssm", "detail-type": "Parameter Store Change", "detail": {"name": str(name)}}:
                if not service().invalidator.parameter_changed(name):
                    ignore(event)
            case _:
                ignore(event)

    def ignore(event: dict[str, Any]) -> None:
        metrics.count("EventIgnored")
        logger.warning("event ignored", source=event.get("source"), detail_type=event.get("detail-type"))

    @logger.inject_lambda_context
    @metrics.flushed_after
    def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any] | None:
        if "requestContext" in event:
            return too_large(event) or app.resolve(event, context)
        on_event(event)
        return None

    return lambda_handler


lambda_handler = make_handler(prepared(lambda: invalidation_service(Settings())))
