"""The API's description as one OpenAPI document, and the page that shows it.

Two functions share the API and neither ships the other's code, so their descriptions are merged when they are built
(`make openapi`) and the search function serves the result as a file.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi import swagger_ui
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

_TITLE, _VERSION = "Discovery", "1"
_DESCRIPTION = "Personalized search of a film and series catalogue."


def merged_openapi(apps: Iterable[APIGatewayHttpResolver]) -> dict[str, Any]:
    """One OpenAPI document of several resolvers' routes and schemas."""
    merged: dict[str, Any] = {}
    for app in apps:
        text = app.get_openapi_json_schema(
            title=_TITLE,
            version=_VERSION,
            description=_DESCRIPTION,
            security_schemes={"bearerAuth": HTTPBearer(bearerFormat="JWT")},
        )
        document = json.loads(text)
        if merged:
            merged["paths"] |= document["paths"]
            for kind, parts in document["components"].items():
                merged["components"].setdefault(kind, {}).update(parts)
        merged = merged or document
    return merged


def methods_at(openapi: dict[str, Any], path: str) -> list[str]:
    """The methods that a document has for a path, in capitals."""
    for template, operations in openapi["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return sorted(method.upper() for method in operations)
    return []


def swagger_page(openapi: str) -> str:
    """Swagger UI for a document, with its script and styles inside, so that it loads nothing from elsewhere."""
    assets = Path(swagger_ui.__file__).parent
    script = (assets / "swagger-ui-bundle.min.js").read_text(encoding="utf-8")
    styles = (assets / "swagger-ui.min.css").read_text(encoding="utf-8")
    # "</" would end the script element that the document is put into.
    page: str = swagger_ui.generate_swagger_html(
        openapi.replace("</", "<\\/"), script, styles, "", None, persist_authorization=True
    )
    return page
