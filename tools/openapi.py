"""`python -m tools.openapi`: write functions/search/openapi.json from the routes of all functions."""

import json
from typing import Any

from aws_lambda_powertools.event_handler.openapi.merge import OpenAPIMerge
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

from discovery.api.openapi import BEARER_SCHEME
from functions.events import app as events
from functions.experiments import app as experiments
from functions.invalidation import app as invalidation
from functions.search import app as search

_RESOLVERS_OWN = ("HTTPValidationError", "ResponseValidationError", "ValidationError")


def current() -> str:
    """The document as the code has it now."""
    merge = OpenAPIMerge(
        title="Discovery",
        version="1",
        description="Personalized search of a film and series catalogue.",
        on_conflict="error",
    )
    for function in (search, invalidation, events, experiments):
        app = function.make_app(_never)
        document = app.get_openapi_json_schema(security_schemes={BEARER_SCHEME: HTTPBearer(bearerFormat="JWT")})
        merge.add_schema(_without_the_resolvers_own(json.loads(document)))
    return json.dumps(merge.get_openapi_schema(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _without_the_resolvers_own(document: dict[str, Any]) -> dict[str, Any]:
    """Drop what Powertools adds to every route: a 422 of a form that `map_errors` replaces, and its schemas."""
    for operations in document["paths"].values():
        for operation in operations.values():
            if "HTTPValidationError" in json.dumps(operation["responses"].get("422")):
                del operation["responses"]["422"]
    for name in _RESOLVERS_OWN:
        document["components"]["schemas"].pop(name, None)
    return document


def _never() -> Any:
    raise AssertionError("the service is not needed to describe the routes")


if __name__ == "__main__":
    search.OPENAPI_FILE.write_text(current(), encoding="utf-8")
