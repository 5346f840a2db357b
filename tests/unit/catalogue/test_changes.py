"""Sets of changes: what they say of each id, their text, and what they make of a source."""

import pytest

from discovery.catalogue.changes import MOST, Changes
from discovery.catalogue.content import Content
from discovery.errors import CatalogueError, ChangesInvalid

JAWS = Content(id="jaws", title="Jaws", genres=("Thriller",), release_year=1975)
JAWS_2 = JAWS.model_copy(update={"title": "Jaws 2"})
ALIEN = Content(id="alien", title="Alien", overview="In space\u2028no one can hear you.")
HEAT = Content(id="heat", title="Heat")


def test_changes_are_read_as_they_were_written() -> None:
    changes = Changes().put([JAWS, ALIEN]).delete(["heat"], built=["heat"])

    assert Changes.parse(changes.text()) == changes


def test_no_changes_have_no_text_and_are_read_of_none() -> None:
    assert Changes().text() is None
    assert Changes.parse(None) == Changes()


def test_the_latest_change_of_an_id_counts_and_is_last() -> None:
    changes = Changes().put([JAWS, ALIEN]).put([JAWS_2])

    assert list(changes.titles.items()) == [("alien", ALIEN), ("jaws", JAWS_2)]


def test_a_deletion_is_remembered_of_what_was_put_or_built_and_of_nothing_else() -> None:
    changes = Changes().put([JAWS, ALIEN]).delete(["jaws", "alien", "nobody"], built=["jaws"])

    assert changes.titles == {"jaws": None, "alien": None}
    assert changes.delete(["alien"], built=["jaws"]) == changes


def test_what_a_build_has_merged_and_is_deleted_since_stays_deleted() -> None:
    then = Changes().put([JAWS, ALIEN])
    now = then.delete(["alien"], built=[])

    assert now.without(then.digests()).titles == {"alien": None}


@pytest.mark.parametrize(
    ("changes", "there"),
    [
        (Changes(), True),
        (Changes().put([JAWS_2]), True),
        (Changes().delete(["jaws"], built=["jaws"]), False),
        (Changes().delete(["jaws"], built=["jaws"]).put([JAWS]), True),
    ],
)
def test_a_title_is_there_as_it_was_changed_last_or_built(changes: Changes, there: bool) -> None:
    assert changes.has("jaws", built=["jaws"]) is there
    assert changes.has("heat", built=["jaws"]) is False


def test_merged_into_a_source_titles_keep_their_places_and_new_ones_are_last() -> None:
    changes = Changes().put([ALIEN, JAWS_2]).delete(["heat"], built=["heat"])

    assert list(changes.merged([JAWS, HEAT])) == [JAWS_2, ALIEN]


def test_what_was_changed_again_since_is_told_from_what_was_not() -> None:
    then = Changes().put([JAWS, ALIEN]).delete(["heat"], built=["heat"])
    now = then.put([JAWS_2]).delete(["alien"], built=["alien"])

    assert now.without(then.digests()).titles == {"jaws": JAWS_2, "alien": None}
    assert then.without(then.digests()) == Changes()


def test_too_many_changes_are_refused_with_what_to_do() -> None:
    some = Changes().put(Content(id=str(number), title="T") for number in range(MOST))

    assert some.text()
    with pytest.raises(CatalogueError, match=f"{MOST + 1} titles would differ.*build it anew with --merge"):
        some.put([JAWS]).text()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "can't be read"),
        (b"{", "can't be read"),
        (b'{"put": {"id": "a", "title": "A"}}\n', "can't be read"),
        (b'{"format": 2}\n{"change": 1}\n', "format version 2, this code reads 1"),
        (b'{"format": 1}\n{"put": {"id": "a"}}\n', "line 2"),
        (b'{"format": 1}\n{"delete": "a"}\n{"remove": "a"}\n', "line 3"),
    ],
)
def test_what_are_no_changes_is_an_error_that_says_where(text: bytes, said: str) -> None:
    with pytest.raises(ChangesInvalid, match=said):
        Changes.parse(text)
