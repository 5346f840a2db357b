"""What is suggested for what somebody has typed so far."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.content import Content
from discovery.catalogue.suggestions import KINDS
from discovery.retrieval.bundle.suggester import Suggester
from tests import catalogues


@pytest.fixture(scope="module")
def suggester(catalogue: Catalogue) -> Suggester:
    return Suggester(catalogue.suggestions)


def suggested(suggester: Suggester, prefix: str, limit: int = 5) -> list[str]:
    """The texts; of titles the content ids."""
    return [one.content_id or one.text for one in suggester.suggest(prefix, limit).suggestions]


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("cas", ["casablanca-1942"]),
        ("pac", ["Al Pacino"]),
        ("al p", ["Al Pacino"]),
        ("wa", ["star-wars-1977", "wall-e-2008", "War"]),
        ("we", ["Sigourney Weaver", "Dominic West"]),
        ("dracula", ["dracula-1931", "dracula-1958"]),
        ("qqqq", []),
        ("x", []),
        ("!?", []),
    ],
)
def test_titles_people_and_genres_come_by_kind_the_most_popular_first(
    suggester: Suggester, prefix: str, expected: list[str]
) -> None:
    assert suggested(suggester, prefix) == expected


@pytest.mark.parametrize("prefix", ["amél", "AMÉL", "amel", "  Ame\u0301l ", "«Amel»"])
def test_case_accents_and_punctuation_do_not_matter(suggester: Suggester, prefix: str) -> None:
    assert suggested(suggester, prefix) == ["amelie-2001"]


@pytest.mark.parametrize("prefix", ["wall e", "WALL-E", "wall·e", "queens gam", "the queen's g", "queen’s"])
def test_punctuation_inside_a_name_does_not_matter(suggester: Suggester, prefix: str) -> None:
    assert suggested(suggester, prefix) in (["wall-e-2008"], ["queens-gambit-2020"])


@pytest.mark.parametrize("prefix", ["godf", "the godf", "a godf"])
def test_a_leading_article_does_not_matter(suggester: Suggester, prefix: str) -> None:
    assert suggested(suggester, prefix) == ["godfather-1972"]


def test_what_begins_with_the_article_as_typed_is_first(suggester: Suggester) -> None:
    assert suggested(suggester, "the", 2) == ["godfather-1972", "queens-gambit-2020"]
    assert suggested(suggester, "the w", 3)[:3] == ["wire-2002", "star-wars-1977", "wall-e-2008"]


def test_a_whole_name_is_before_more_popular_ones_that_it_begins(tmp_path_factory: pytest.TempPathFactory) -> None:
    contents = [Content(id="italian", title="The Italian Job", popularity_score=0.9), Content(id="it", title="It")]
    suggester = Suggester(catalogues.suggestions(contents, tmp_path_factory.mktemp("suggestions")))

    assert suggested(suggester, "it") == ["it", "italian"]


@pytest.mark.parametrize(
    ("prefix", "meant", "first"),
    [
        ("casablenc", "casablanc", "casablanca-1942"),
        ("the godfaht", "godfath", "godfather-1972"),
        ("star wr", "star war", "star-wars-1977"),
        ("starw", "star w", "star-wars-1977"),
        ("findingn", "finding n", "finding-nemo-2003"),
        ("pacinno", "pacino", "Al Pacino"),
        ("romancw", "romance", "Romance"),
        ("xitanic", "titanic", "titanic-1997"),
    ],
)
def test_one_edit_is_corrected_where_nothing_begins_as_typed(
    suggester: Suggester, prefix: str, meant: str, first: str
) -> None:
    found = suggester.suggest(prefix, 5)

    assert found.corrected == meant
    assert suggested(suggester, prefix)[0] == first
    assert found.suggestions == suggester.suggest(meant, 5).suggestions


@pytest.mark.parametrize("prefix", ["casa", "jwa", "1918", "casxblenc", "日本語の"])
def test_what_is_known_short_a_number_or_further_away_is_not_corrected(suggester: Suggester, prefix: str) -> None:
    assert suggester.suggest(prefix, 5).corrected is None


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_the_limit_holds_for_each_kind(suggester: Suggester, limit: int) -> None:
    found = suggester.suggest("a", limit).suggestions

    assert {kind: sum(one.kind == kind for one in found) for kind in KINDS} == {
        "title": min(limit, 2),
        "person": limit,
        "genre": min(limit, 2),
        "keyword": 0,
    }
    assert [one.kind for one in found] == sorted((one.kind for one in found), key=KINDS.index)


@given(st.text(max_size=100))
def test_no_prefix_is_an_error_and_a_corrected_one_needs_no_correction(catalogue: Catalogue, prefix: str) -> None:
    suggester = Suggester(catalogue.suggestions)
    found = suggester.suggest(prefix, 5)

    if found.corrected is not None:
        assert found.suggestions
        assert suggester.suggest(found.corrected, 5).corrected is None


NAMES = [name for one in catalogues.CONTENTS for name in (one.title, *one.cast, *one.directors, *one.genres)]


@given(st.sampled_from(NAMES), st.data())
def test_every_name_is_found_by_each_of_its_beginnings(catalogue: Catalogue, name: str, data: st.DataObject) -> None:
    length = data.draw(st.integers(1, len(name)))
    found = Suggester(catalogue.suggestions).suggest(name[:length], 100)

    assert found.corrected is None
    assert name in [one.text for one in found.suggestions]
