"""`python -m tools.openapi`: write functions/search/openapi.json from the routes of both functions."""

import json
from typing import Any

from aws_lambda_powertools.event_handler.openapi.merge import OpenAPIMerge
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

from discovery.api.openapi import BEARER_SCHEME
from functions.invalidation import app as invalidation
from functions.search import app as search


def current() -> str:
    """The document as the code has it now."""
    merge = OpenAPIMerge(
        title="Discovery",
        version="1",
        description="Personalized search of a film and series catalogue.",
        on_conflict="error",
    )
    for app in (search.make_app(_never), invalidation.make_app(_never)):
        document = app.get_openapi_json_schema(security_schemes={BEARER_SCHEME: HTTPBearer(bearerFormat="JWT")})
        merge.add_schema(json.loads(document))
    return json.dumps(merge.get_openapi_schema(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _never() -> Any:
    raise AssertionError("the service is not needed to describe the routes")


if __name__ == "__main__":
    search.OPENAPI_FILE.write_text(current(), encoding="utf-8")
