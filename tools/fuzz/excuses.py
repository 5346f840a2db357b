"""Which rejections of a request that fits the document are right: what JSON Schema can't say of a request."""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

_NAMES = frozenset({"genres", "platforms", "directors", "countries", "languages", "keywords"})
"""The parameters that are names. The fuzzer has an environment of its own, without the product."""
_RANGE = re.compile(r"(?:filters\.)?(?:year|rating)_(?:min|range)")


def is_right(status: int, body: str, query: Mapping[str, Any]) -> bool:
    """Whether a rejection of a request with these query parameters is one that the document can't describe.

    - 431: a limit over the whole URL and all headers together, and no parameter alone is over its own.
    - 422 of nothing but reversed ranges, since a schema can't compare two values, and of names that a comma has left
      nothing of: payload format 2.0 joins repeated parameters with commas, so a name's own comma separates too.
    """
    if status != HTTPStatus.UNPROCESSABLE_ENTITY:
        return status == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    errors: list[dict[str, str]] = json.loads(body)["errors"]
    return bool(errors) and all(_is_reversed(error) or _is_split(error, query) for error in errors)


def _is_reversed(error: dict[str, str]) -> bool:
    return _RANGE.fullmatch(error["field"]) is not None and " is above " in error["detail"]


def _is_split(error: dict[str, str], query: Mapping[str, Any]) -> bool:
    parameter, _, place = error["field"].partition(".")
    is_empty = place.isdigit() and error["detail"] == "String should have at least 1 character"
    return is_empty and parameter in _NAMES and "," in "".join(map(str, query.get(parameter) or ()))
