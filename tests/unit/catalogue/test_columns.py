"""Attributes as arrays: unknown values have marks of their own."""

from pathlib import Path

import numpy as np

from discovery.catalogue.columns import Columns, vocabulary
from discovery.catalogue.content import Content, ContentRating

CONTENTS = (
    Content(id="a", title="A", release_year=1999, average_rating=8.5, popularity_score=0.5, genres=("Drama",)),
    Content(id="b", title="B", content_rating=ContentRating.TV_MA, platforms=("Max", "MAX"), genres=("drama", "War")),
    Content(id="c", title="C", directors=("Ava", "Bo"), languages=("Thai",)),
)


def test_a_vocabulary_is_in_order_and_keeps_the_first_spelling_of_a_name() -> None:
    assert vocabulary([["War", "drama"], [], ["Drama", "Action"]]) == ["Action", "War", "drama"]


def test_each_attribute_is_an_array_by_row() -> None:
    columns = Columns.of(CONTENTS, ["Drama", "War"], ["Max"])

    assert columns.years.tolist() == [1999, -1, -1]
    assert np.array_equal(columns.ratings, np.array([8.5, np.nan, np.nan], dtype=np.float32), equal_nan=True)
    assert columns.popularity.tolist() == [0.5, 0, 0]
    assert columns.content_levels.tolist() == [0, 4, 0]
    assert [columns.genres.codes(row) for row in range(3)] == [[0], [0, 1], []]
    assert [columns.platforms.codes(row) for row in range(3)] == [[], [0], []]
    assert columns.title_order.tolist() == [0, 1, 2]


def test_titles_are_in_order_whatever_their_case_accents_and_article_and_equal_ones_are_equal() -> None:
    titles = ("The Wire", "zodiac", "Été", "Heat", "A Heat", "2012", "?!", "HEAT")
    contents = [Content(id=str(row), title=title) for row, title in enumerate(titles)]

    order = Columns.of(contents, [], []).title_order

    assert order.dtype == np.int32
    assert order.tolist() == [4, 5, 2, 3, 3, 1, 0, 3]


def test_columns_come_back_as_they_were_saved(tmp_path: Path) -> None:
    columns = Columns.of(CONTENTS, ["Drama", "War"], ["Max"])

    columns.save(tmp_path)
    opened = Columns.open(tmp_path)

    for name in ("genres", "platforms"):
        assert getattr(opened, name).bits.tolist() == getattr(columns, name).bits.tolist()
    for name in ("years", "ratings", "popularity", "content_levels", "title_order"):
        saved, loaded = getattr(columns, name), getattr(opened, name)
        assert loaded.dtype == saved.dtype
        assert np.array_equal(loaded, saved, equal_nan=name == "ratings")
    for name, saved in columns.memberships.items():
        loaded = opened.memberships[name]
        assert list(loaded.names) == list(saved.names)
        assert (loaded.offsets.tolist(), loaded.codes.tolist()) == (saved.offsets.tolist(), saved.codes.tolist())
