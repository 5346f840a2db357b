"""Misspelled titles: one edit each, the same at every run."""

from pathlib import Path

import pytest

from discovery.catalogue.bundle import Catalogue
from lab.relevance.typos import EDITS, edited, typos
from tests.catalogues import CONTENTS


def test_an_insertion_has_one_letter_more_and_a_deletion_one_less() -> None:
    longer, shorter = edited("Casablanca", "insert"), edited("Casablanca", "delete")

    assert any(longer[:place] + longer[place + 1 :] == "casablanca" for place in range(len(longer)))
    assert any("casablanca"[:place] + "casablanca"[place + 1 :] == shorter for place in range(10))


def test_a_substitution_changes_one_letter_into_another() -> None:
    changed = edited("Casablanca", "substitute")

    assert len(changed) == 10
    assert sum(was != now for was, now in zip("casablanca", changed, strict=True)) == 1


def test_a_transposition_swaps_two_neighbours_that_differ() -> None:
    changed = edited("Casablanca", "transpose")

    assert changed != "casablanca"
    assert sorted(changed) == sorted("casablanca")
    assert sum(was != now for was, now in zip("casablanca", changed, strict=True)) == 2


@pytest.mark.parametrize("edit", EDITS)
def test_what_is_no_letter_stays(edit: str) -> None:
    changed = edited("Apollo 13", edit)

    assert changed.endswith(" 13")
    assert changed != "apollo 13"


@pytest.mark.parametrize("edit", EDITS)
def test_a_title_is_misspelled_alike_at_every_run(edit: str) -> None:
    assert edited("The Godfather", edit) == edited("The Godfather", edit)


def test_the_most_popular_titles_are_asked_by_every_kind_of_edit(catalogue: Catalogue) -> None:
    asked = typos("test", Path("source"), catalogue, 3)

    popular = sorted(CONTENTS, key=lambda content: -(content.popularity_score or 0))[:3]
    assert asked.name == "typos-test"
    assert [one.kind for one in asked.queries] == [*EDITS] * 3
    assert {content_id for one in asked.queries for content_id in one.relevant} == {one.id for one in popular}
    assert not {one.query for one in asked.queries} & {one.title.lower() for one in popular}
