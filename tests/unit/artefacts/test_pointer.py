"""The pointer's text, and how it moves."""

import json
from datetime import UTC, datetime

import pytest

from discovery.artefacts.pointer import Pointer, Version

FIRST, SECOND, THIRD = ("1" * 16, "2" * 16, "3" * 16)
THEN = datetime(2026, 1, 2, tzinfo=UTC)
GOOD = {"format": 1, "bundle": SECOND, "previous": FIRST, "published_at": "2026-01-02T00:00:00Z"}


def test_a_pointer_is_read_as_it_was_written() -> None:
    pointer = Pointer(bundle=SECOND, previous=FIRST, published_at=THEN)

    assert Pointer.parse(pointer.model_dump_json().encode()) == pointer
    assert Pointer.parse(json.dumps(GOOD).encode()) == pointer


def test_the_first_pointer_has_nothing_before_it() -> None:
    assert Pointer.parse(json.dumps(GOOD | {"previous": None}).encode()).previous is None


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"format": 1}',
        json.dumps(GOOD | {"bundle": "../../elsewhere"}).encode(),
        json.dumps(GOOD | {"bundle": SECOND + "\n"}).encode(),
        json.dumps(GOOD | {"previous": "A" * 16}).encode(),
        json.dumps(GOOD | {"published_at": "2026-01-02T00:00:00"}).encode(),
    ],
)
def test_what_is_no_pointer_is_an_error(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"current\.json can't be read"):
        Pointer.parse(text)


def test_another_format_is_an_error_that_says_so_whatever_its_other_fields() -> None:
    with pytest.raises(ValueError, match="format version 2, this code reads 1"):
        Pointer.parse(b'{"format": 2, "bundles": []}')


def test_a_pointer_that_moves_remembers_where_it_was() -> None:
    moved = Pointer.parse(json.dumps(GOOD).encode()).moved_to(Version(THIRD), THEN)

    assert (moved.bundle, moved.previous) == (THIRD, SECOND)
