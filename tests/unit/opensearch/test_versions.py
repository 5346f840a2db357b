"""Versions are named after what they hold, and stay while somebody may need them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from discovery.catalogue.embeddings import EmbeddingModel
from discovery.errors import CatalogueError
from discovery.opensearch.about import About
from discovery.opensearch.versions import (
    KEPT_SECONDS,
    REPLACED_AT,
    Place,
    Version,
    index_of,
    is_index_of,
    version_id,
)
from tests.catalogues import CONTENTS, model

BUILT = datetime(2026, 5, 4, 12, 30, 15, 678_000, tzinfo=UTC)
INDEX = index_of("films", "0123456789abcdef", BUILT)
REPLACED = BUILT + timedelta(days=3)
HELD = timedelta(seconds=3 * KEPT_SECONDS)


def test_the_same_titles_and_model_have_the_same_name() -> None:
    assert version_id(CONTENTS, model()) == version_id(list(CONTENTS), model())


def test_a_title_and_a_model_that_changed_change_the_name() -> None:
    good = model()
    other = EmbeddingModel(good.name, good.tokenizer, np.asarray(good.tokens * np.float16(0.5)))
    changed = (CONTENTS[0].model_copy(update={"average_rating": 9.9}), *CONTENTS[1:])

    assert len({version_id(CONTENTS, good), version_id(changed, good), version_id(CONTENTS, other)}) == 3


def test_an_index_is_named_after_version_and_time() -> None:
    assert INDEX == "films-0123456789abcdef-20260504123015678"
    assert (Version(INDEX, {}).id, Version(INDEX, {}).built_at) == ("0123456789abcdef", BUILT)


@pytest.mark.parametrize(
    ("index", "is_ours"),
    [
        (INDEX, True),
        (f"{INDEX}-names", False),
        ("films-old-0123456789abcdef-20260504123015678", False),
        ("films-0123456789abcdef", False),
        ("films-by-hand", False),
    ],
)
def test_only_indices_of_titles_below_the_very_alias_are_versions(index: str, is_ours: bool) -> None:
    assert is_index_of("films", index) is is_ours


@pytest.mark.parametrize(
    ("place", "told", "age", "is_let_go"),
    [
        ("current", {REPLACED_AT: REPLACED.isoformat()}, timedelta(days=400), False),
        ("previous", {REPLACED_AT: REPLACED.isoformat()}, timedelta(days=400), False),
        ("", {REPLACED_AT: REPLACED.isoformat()}, HELD, False),
        ("", {REPLACED_AT: REPLACED.isoformat()}, HELD + timedelta(seconds=1), True),
    ],
)
def test_a_version_is_let_go_half_an_hour_after_it_was_replaced_where_none_can_return_to_it(
    place: Place, told: dict[str, str], age: timedelta, is_let_go: bool
) -> None:
    assert Version(INDEX, told, place).is_let_go(REPLACED + age) is is_let_go


@pytest.mark.parametrize(("age", "is_let_go"), [(timedelta(hours=23), False), (timedelta(hours=25), True)])
def test_what_never_was_current_is_a_build_that_goes_on_or_was_broken_off(age: timedelta, is_let_go: bool) -> None:
    assert Version(INDEX, {}).is_let_go(BUILT + age) is is_let_go


def told(**other: Any) -> dict[str, Any]:
    fields = {"version": "0123456789abcdef", "count": 1, "model": "m", "dimensions": 2, "names": f"{INDEX}-names"}
    return fields | {"format_version": 1, "genres": ["Drama"], "platforms": [], "built_at": str(BUILT)} | other


def test_what_an_index_tells_is_read_beside_what_it_tells_of_its_replacement() -> None:
    about = About.of(told(replaced_at=REPLACED.isoformat()), INDEX)

    assert (about.genres, about.built_at) == (("Drama",), BUILT)


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({}, "can't be read"),
        (told(format_version=99, count="many"), "format version 99, this code reads 1"),
        (told(count="many"), "can't be read"),
    ],
)
def test_what_can_not_be_read_and_another_format_are_refused(said: dict[str, Any], complaint: str) -> None:
    with pytest.raises(CatalogueError, match=complaint):
        About.of(said, INDEX)
