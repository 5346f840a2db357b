"""`POST /v1/events`: what people did with what they found, a batch at a time."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from discovery.api.described import BODY_TOO_LARGE
from discovery.api.event_requests import MAX_EVENTS, EventBatch
from discovery.api.event_responses import EventsResponse
from discovery.api.openapi import BEARER_OR_NONE, responses
from discovery.api.privacy_control import PrivacyControl, heeding
from discovery.composition.events import EventsService

ANSWERS = responses(EventsResponse, "A verdict on each event", 401, 415, 422, status=202) | BODY_TOO_LARGE


def add_routes(app: APIGatewayHttpResolver, service: Callable[[], EventsService]) -> None:
    """Add the route, over a service."""

    @app.post(
        "/v1/events",
        summary="Tell what people did",
        description=f"Up to {MAX_EVENTS} user-behaviour events (UBI 1.3.0), of which each gets a verdict. Sending the "
        "same again is safe, and is what to do after a 503. `text/plain` is read as JSON too, and the token may be in "
        "the body, since `navigator.sendBeacon` can set no header.",
        responses=ANSWERS,
        security=BEARER_OR_NONE,
    )
    def collect(batch: Annotated[EventBatch, Body()], privacy_control: PrivacyControl = None) -> Response[str]:
        authorization = app.current_event.headers.get("authorization")
        if authorization is None and batch.token is not None:
            authorization = f"Bearer {batch.token}"
        caller = service().authenticator.authenticate(authorization)
        collected = service().collect(batch, heeding(caller, privacy_control))
        return Response(
            HTTPStatus.ACCEPTED,
            content_type="application/json",
            body=collected.model_dump_json(),
            headers={"Cache-Control": "no-store"},
        )
