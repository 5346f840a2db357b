"""Names by how one of their words begins."""

import pytest

from discovery.catalogue.content import Content
from discovery.catalogue.suggestion_index import LONGEST, Suggestions, rests
from discovery.catalogue.suggestions import Kind
from tests import catalogues

CONTENTS = [
    Content(id="rises", title="The Dark Knight Rises", popularity_score=0.8, cast=("Anne Hathaway",)),
    Content(id="knight", title="The Dark Knight", popularity_score=0.9, directors=("Christopher Nolan",)),
    Content(id="tale", title="A Knight's Tale", popularity_score=0.4, genres=("Comedy",), keywords=("knights",)),
    Content(id="rings", title="The Two Towers", aliases=("LOTR 2",), popularity_score=0.7),
    Content(id="long", title="a" * 99 + "b"),
    *(Content(id=f"star-{n}", title=f"Star {n:03}", popularity_score=n / 1000) for n in range(100)),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Suggestions:
    return catalogues.suggestions(CONTENTS, tmp_path_factory.mktemp("suggestions"))


def begun(index: Suggestions, beginning: str, limit: int = 5) -> list[str]:
    return [suggestion.content_id for suggestion in index.begun("title", beginning, limit)]


def test_rests_begin_at_each_word() -> None:
    assert rests("The Queen’s Gambit") == ["the queens gambit", "queens gambit", "gambit"]
    assert rests("!?") == []


@pytest.mark.parametrize("beginning", ["k", "kn", "kni", "knig", "knigh", "knight"])
def test_a_beginning_of_any_length_finds_any_word_the_most_popular_first(index: Suggestions, beginning: str) -> None:
    assert begun(index, beginning) == ["knight", "rises", "tale"]


@pytest.mark.parametrize(
    ("beginning", "expected"),
    [
        ("dark kn", ["knight", "rises"]),
        ("the dark knight r", ["rises"]),
        ("knight r", ["rises"]),
        ("dar kn", []),  # words before the last one are whole
        ("knight dark", []),  # and in order
        ("lotr", ["rings"]),
        ("2", ["rings"]),
        ("nolan", []),
        ("", []),
    ],
)
def test_words_before_the_last_one_are_whole_and_in_order(
    index: Suggestions, beginning: str, expected: list[str]
) -> None:
    assert begun(index, beginning) == expected


@pytest.mark.parametrize("beginning", ["sta", "star 0"])
def test_of_very_many_the_most_popular_ones_are_found(index: Suggestions, beginning: str) -> None:
    assert begun(index, beginning, 3) == ["star-99", "star-98", "star-97"]


@pytest.mark.parametrize(
    ("kind", "beginning", "expected"),
    [("person", "no", "Christopher Nolan"), ("genre", "comed", "Comedy"), ("keyword", "knigh", "knights")],
)
def test_each_kind_is_found_by_itself(index: Suggestions, kind: Kind, beginning: str, expected: str) -> None:
    assert [one.text for one in index.begun(kind, beginning, 5)] == [expected]


def test_a_whole_name_is_found_by_its_key(index: Suggestions) -> None:
    assert [one.content_id for one in index.named("title", "dark knight", 5)] == ["knight"]
    assert [one.content_id for one in index.named("title", "lotr 2", 5)] == ["rings"]
    assert index.named("title", "knight", 5) == []


def test_the_longest_name_is_found_to_its_last_letter(index: Suggestions) -> None:
    assert begun(index, "a" * (LONGEST - 1) + "b") == ["long"]
    assert begun(index, "a" * LONGEST) == []


def test_one_edit_is_forgiven_and_weights_say_how_far_up_its_kind_a_name_is(index: Suggestions) -> None:
    titles, people = index.nearly_begun("title", "drak kn", 5), index.nearly_begun("person", "nolxn", 5)

    assert [one.content_id for _, one in titles] == ["knight", "rises"]
    assert [one.text for _, one in people] == ["Christopher Nolan"]
    assert titles[0][0] == people[0][0] > titles[1][0]  # the best of each kind weighs the same
