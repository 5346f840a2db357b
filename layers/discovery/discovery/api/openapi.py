"""What the routes say of themselves in the OpenAPI document, and the page that shows the document.

The document itself is merged from the routes of all functions ahead of time (`make openapi`), since none of them ships
another's code; the search function serves it as a file.
"""

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler.openapi import swagger_ui
from pydantic import BaseModel

from discovery.api.described import ALWAYS, PROBLEMS

BEARER_SCHEME = "bearerAuth"
BEARER: list[dict[str, list[str]]] = [{BEARER_SCHEME: []}]
BEARER_OR_NONE: list[dict[str, list[str]]] = [{}, *BEARER]
"""As a route's `security`."""


def responses(model: type[BaseModel], description: str, *problems: int, status: int = 200) -> dict[int, Any]:
    """A route's `responses`: success with a model, and problems; those of every route need no naming."""
    success = {"description": description, "content": {"application/json": {"model": model}}}
    return {status: success, **{problem: PROBLEMS[problem] for problem in sorted({*problems, *ALWAYS})}}


NOT_MODIFIED: dict[int, Any] = {304: {"description": "The client has it already, by its `ETag`", "content": {}}}
"""Beside `responses`, of a route whose answers clients may keep."""


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
    page: str = swagger_ui.generate_swagger_html(openapi.replace("</", "<\\/"), script, styles, "", None)
    return page


def content_security_policy(page: str) -> str:
    """What lets a page run its own scripts and styles, known by their hashes, and ask its own host; nothing else."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {_hashes(page, 'script')}",
            f"style-src {_hashes(page, 'style')}",
            "img-src data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )


def _hashes(page: str, element: str) -> str:
    """The hash sources of a page's elements of a kind (CSP Level 3, section 2.3.1)."""
    texts = re.findall(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
