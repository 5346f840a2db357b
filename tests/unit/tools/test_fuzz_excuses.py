"""Which rejections of requests that fit the document are excused, and that nothing else is."""

import json

import pytest

from discovery.retrieval.filters import NAMED
from tools.fuzz.excuses import is_right

REVERSED = {"field": "rating_min", "detail": "9.0 is above rating_max, which is 0.0"}
EMPTY = {"field": "platforms.1", "detail": "String should have at least 1 character"}
REVERSED_IN_BODY = {"field": "filters.year_range", "detail": "2000 is above 1990"}


def body(*errors: dict[str, str]) -> str:
    return json.dumps({"errors": errors})


def test_a_request_that_is_too_large_as_a_whole_is_rejected_rightly() -> None:
    assert is_right(431, '{"message": "Request Header Fields Too Large"}', {})


@pytest.mark.parametrize("errors", [(REVERSED,), (REVERSED_IN_BODY,), (REVERSED, REVERSED_IN_BODY)])
def test_a_reversed_range_is_rejected_rightly(errors: tuple[dict[str, str], ...]) -> None:
    assert is_right(422, body(*errors), {})


def test_a_name_that_a_comma_has_left_nothing_of_is_rejected_rightly() -> None:
    assert is_right(422, body(EMPTY, REVERSED), {"platforms": ["Max", ",a"]})
    assert not is_right(422, body(EMPTY), {"platforms": ["Max", ""], "genres": [",a"]})


@pytest.mark.parametrize("name", NAMED)
def test_that_holds_for_every_filter_by_name(name: str) -> None:
    assert is_right(422, body(EMPTY | {"field": f"{name}.1"}), {name: ["Max", ",a"]})


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (422, body()),
        (422, body({"field": "query", "detail": "9.0 is above rating_max"})),
        (422, body({"field": "year_min", "detail": "must be a number"})),
        (422, body(REVERSED, {"field": "page", "detail": "must be a number"})),
        (415, body(REVERSED)),
        (400, "no JSON"),
        (500, body(REVERSED)),
    ],
)
def test_no_other_rejection_is_excused(status: int, text: str) -> None:
    assert not is_right(status, text, {"genres": [","]})
