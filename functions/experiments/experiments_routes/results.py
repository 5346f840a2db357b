"""`GET /v1/experiments/{name}/results`: what the last analysis of an experiment found."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from discovery.api.auth import EXPERIMENTS_SCOPE
from discovery.api.openapi import BEARER, responses
from discovery.api.problems import problem
from discovery.api.requests import PathExperiment
from discovery.experiments.analysis.document import ExperimentResults
from experiments_routes.service import ExperimentsService

ANSWERS = responses(ExperimentResults, "The last analysis, and when it was made", 401, 403, 404, 422)


def add_routes(app: APIGatewayHttpResolver, service: Callable[[], ExperimentsService]) -> None:
    """Add the route, over a service."""

    @app.get(
        "/v1/experiments/<name>/results",
        summary="Results of an experiment",
        description="The last analysis of its latest epoch, which is made every hour while it runs. "
        f"Needs the scope `{EXPERIMENTS_SCOPE}`.",
        responses=ANSWERS,
        security=BEARER,
    )
    def results(name: Annotated[PathExperiment, Path()]) -> Response[str]:
        service().authenticator.require_user(app.current_event.headers.get("authorization")).require(EXPERIMENTS_SCOPE)
        found = service().stored.read(name)
        if found is None:
            return problem(HTTPStatus.NOT_FOUND, f"there is no analysis of an experiment {name}, or not yet")
        headers = {"Cache-Control": "private, no-store"}
        return Response(HTTPStatus.OK, content_type="application/json", body=found, headers=headers)
