"""`DELETE …/personalization-cache`: have cached scores forgotten, one person's or everybody's."""

from collections.abc import Callable
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Path

from discovery.api.auth import ADMIN_SCOPE, WRITE_SCOPE
from discovery.api.openapi import BEARER, responses
from discovery.api.requests import MYSELF, PathUserId
from discovery.api.responses import Invalidated
from discovery.composition.invalidation import InvalidationService

ANSWERS = responses(Invalidated, "Done", 401, 403)
ANSWERS_FOR_USER = responses(Invalidated, "Done", 401, 403, 422)


def add_routes(app: APIGatewayHttpResolver, service: Callable[[], InvalidationService]) -> None:
    """Add both routes, over a service."""

    @app.delete(
        "/v1/users/<user_id>/personalization-cache",
        summary="Invalidate one user's scores",
        description=f"`{MYSELF}` is the caller; another id needs the scope `{WRITE_SCOPE}`.",
        responses=ANSWERS_FOR_USER,
        security=BEARER,
    )
    def invalidate_user(user_id: Annotated[PathUserId, Path()]) -> Invalidated:
        caller = service().authenticator.require_user(app.current_event.headers.get("authorization"))
        if user_id not in (MYSELF, caller.user_id):
            caller.require(WRITE_SCOPE)
        service().invalidator.invalidate_user(str(caller.user_id) if user_id == MYSELF else user_id)
        return Invalidated(scope="user")

    @app.delete(
        "/v1/personalization-cache",
        summary="Invalidate everybody's scores",
        description=f"Raises the cache generation; needs the scope `{ADMIN_SCOPE}`.",
        responses=ANSWERS,
        security=BEARER,
    )
    def invalidate_all() -> Invalidated:
        service().authenticator.require_user(app.current_event.headers.get("authorization")).require(ADMIN_SCOPE)
        return Invalidated(scope="all", cache_generation=service().invalidate_all())
