"""The rules that read intent into a query; cautious, since a wrong constraint hides the right result."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.api.query_responses import LikeTitle
from discovery.api.requests import MAX_QUERY_LENGTH
from discovery.catalogue.bundle import Catalogue
from discovery.retrieval.filters import Constraints
from discovery.retrieval.understanding.query import ParsedQuery, QueryParser
from tests import catalogues


@pytest.fixture(scope="module")
def parser(catalogue: Catalogue) -> QueryParser:
    def find_title(title: str) -> tuple[int, LikeTitle] | None:
        row = catalogue.find_title(title)
        if row is None:
            return None
        content = catalogues.CONTENTS[row]
        return row, LikeTitle(id=content.id, title=content.title)

    return QueryParser(catalogue.manifest.genres, catalogue.manifest.platforms, find_title)


UNDERSTOOD: list[tuple[str, dict[str, Any]]] = [
    # Genres: the whole query, before a medium, or before what it is about
    ("horror", {"genres": ("Horror",), "text": "horror", "terms": ""}),
    ("HORROR", {"genres": ("Horror",), "text": "HORROR", "terms": ""}),
    ("comedies", {"genres": ("Comedy",), "terms": ""}),
    ("the best comedies", {"genres": ("Comedy",), "text": "comedies", "terms": ""}),
    ("horror films", {"genres": ("Horror",), "text": "horror", "terms": ""}),
    ("scary movies", {"genres": ("Horror",), "text": "scary", "terms": ""}),
    ("sci-fi", {"genres": ("Science Fiction",), "terms": ""}),
    ("scifi shows", {"genres": ("Science Fiction",), "terms": ""}),
    ("science fiction series", {"genres": ("Science Fiction",), "terms": ""}),
    ("science  fiction series", {"genres": ("Science Fiction",), "terms": ""}),
    ("war films", {"genres": ("War",), "terms": ""}),
    ("romantic comedies", {"genres": ("Romance", "Comedy"), "terms": ""}),
    ("horror/comedy", {"genres": ("Horror", "Comedy"), "terms": ""}),
    ("horror & thriller films", {"genres": ("Horror", "Thriller"), "terms": ""}),
    ("funny horror comedy", {"genres": ("Comedy", "Horror"), "terms": ""}),
    ("a comedy about chess", {"genres": ("Comedy",), "text": "comedy chess", "terms": "chess"}),
    ("show me a drama set in Paris", {"genres": ("Drama",), "terms": "Paris"}),
    ("animated films for kids", {"genres": ("Family", "Animation"), "terms": ""}),
    # Platforms: only after "on" or "from", or before what is wanted
    ("on netflix", {"platforms": ("Netflix",), "text": "", "terms": ""}),
    ("comedies on Netflix", {"genres": ("Comedy",), "platforms": ("Netflix",), "text": "comedies", "terms": ""}),
    ("Netflix comedies", {"genres": ("Comedy",), "platforms": ("Netflix",), "text": "comedies", "terms": ""}),
    ("prime video dramas", {"genres": ("Drama",), "platforms": ("Prime Video",), "terms": ""}),
    ("max films", {"platforms": ("Max",), "text": "", "terms": ""}),
    ("films on disney plus", {"platforms": ("Disney+",), "text": "", "terms": ""}),
    ("films on Disney+", {"platforms": ("Disney+",), "text": "", "terms": ""}),
    ("jaws on netflix", {"platforms": ("Netflix",), "text": "jaws", "terms": "jaws"}),
    ("comedies on netflix or max", {"genres": ("Comedy",), "platforms": ("Netflix", "Max"), "terms": ""}),
    ("on netflix and prime video", {"platforms": ("Netflix", "Prime Video"), "text": "", "terms": ""}),
    ("comedies from the 80s or 90s", {"genres": ("Comedy",), "year_range": (1980, 1999), "terms": ""}),
    ("comedies of the 1990s'", {"genres": ("Comedy",), "year_range": (1990, 1999), "terms": ""}),
    ("kids cartoons", {"genres": ("Family", "Animation"), "terms": ""}),
    ("comedies on netflix, from netflix", {"genres": ("Comedy",), "platforms": ("Netflix",), "terms": ""}),
    # Years
    ("films from the 90s", {"year_range": (1990, 1999), "text": "", "terms": ""}),
    ("90s horror", {"genres": ("Horror",), "year_range": (1990, 1999), "text": "horror", "terms": ""}),
    ("films before 1980", {"year_range": (None, 1979), "text": "", "terms": ""}),
    ("2010 to 2015", {"year_range": (2010, 2015), "text": "", "terms": ""}),
    ("chess since 2010", {"year_range": (2010, None), "text": "chess", "terms": "chess"}),
    (
        "drama with Al Pacino before 1980",
        {"genres": ("Drama",), "year_range": (None, 1979), "text": "drama with Al Pacino", "terms": "Al Pacino"},
    ),
    (
        "funny movies on netflix from the late 2000s",
        {"genres": ("Comedy",), "platforms": ("Netflix",), "year_range": (2007, 2009), "text": "funny", "terms": ""},
    ),
    # "like <title>"
    ("like Jaws", {"like": "jaws-1975", "text": "", "terms": ""}),
    ("something like jaws", {"like": "jaws-1975", "text": "", "terms": ""}),
    ("similar to godfather", {"like": "godfather-1972", "text": "", "terms": ""}),
    ("in the style of AMELIE", {"like": "amelie-2001", "text": "", "terms": ""}),
    ("movies like 2012", {"like": "2012-2009", "text": "", "terms": ""}),
    ("movies like the godfather but funny", {"like": "godfather-1972", "text": "funny", "terms": "funny"}),
    ("films like alien on netflix", {"like": "alien-1979", "platforms": ("Netflix",), "text": "", "terms": ""}),
    (
        "thrillers like heat from the 90s on netflix",
        {
            "like": "heat-1995",
            "genres": ("Thriller",),
            "platforms": ("Netflix",),
            "year_range": (1990, 1999),
            "text": "thrillers",
            "terms": "",
        },
    ),
]


@pytest.mark.parametrize(("query", "expected"), UNDERSTOOD, ids=[query for query, _ in UNDERSTOOD])
def test_what_is_understood_leaves_the_words_that_are_searched(
    parser: QueryParser, query: str, expected: dict[str, Any]
) -> None:
    parsed = parser.parse(query).parsed

    understood = {"genres": parsed.genres, "platforms": parsed.platforms, "year_range": parsed.year_range}
    like = parsed.like.id if parsed.like else None
    assert understood | {"like": like} == {
        name: expected.get(name, () if name in ("genres", "platforms") else None) for name in (*understood, "like")
    }
    assert {name: getattr(parsed, name) for name in ("text", "terms") if name in expected} == {
        name: expected[name] for name in ("text", "terms") if name in expected
    }


UNFRAMED = {
    "films about star wars": "star wars",
    "films like": "like",
    "documentary about space": "documentary space",
}
"""What is searched by meaning, of queries with words that only say that something is looked for."""


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("love", "love"),
        ("a love story in Paris", "love story Paris"),
        ("Crime and Punishment", "Crime Punishment"),
        ("Horror Express", "Horror Express"),
        ("The Family Man", "Family Man"),
        ("War of the Worlds", "War Worlds"),
        ("films about star wars", "star wars"),
        ("Mad Max", "Mad Max"),
        ("Netflix", "Netflix"),
        ("on the waterfront", "waterfront"),
        ("from here to eternity", "here eternity"),
        ("1984", "1984"),
        ("blade runner 2049", "blade runner 2049"),
        ("I like horror", "horror"),
        ("people who like chess", "people like chess"),
        ("like nothing in here", "nothing here"),
        ("films like", "like"),
        ("comedies with", "comedies"),  # more may come: "Dances with Wolves"
        ("documentary about space", "documentary space"),  # this catalogue has no such genre
        ("the", "the"),
        ("to be", "to be"),
        ('"to be or not"', '"to be or not"'),
        ("shark AND boat", "shark AND boat"),
        ("title:heat -pacino", "title:heat -pacino"),
    ],
)
def test_words_that_only_look_like_intent_are_searched(parser: QueryParser, query: str, terms: str) -> None:
    parsed = parser.parse(query)

    assert not parsed.wanted.any
    assert parsed.parsed.like is None
    assert (parsed.parsed.text, parsed.parsed.terms) == (UNFRAMED.get(query, query), terms)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("Which films were produced by Hal Roach?", "by Hal Roach"),
        ("Give me all movies directed by Francis Ford Coppola.", "by Francis Ford Coppola"),
        ("In which films was Julia Roberts starring?", "Julia Roberts"),
        ("who framed roger", "who framed roger"),  # too short for a sentence
    ],
)
def test_a_sentence_that_asks_is_searched_without_its_asking(parser: QueryParser, query: str, text: str) -> None:
    assert parser.parse(query).parsed.text == text


@pytest.mark.parametrize("query", ["Star Wars", "star wars", "1917", "2012", "godfather", "amelie", "wall-e"])
def test_a_query_that_is_a_title_means_that_title(parser: QueryParser, query: str) -> None:
    parsed = parser.parse(query)

    assert parsed.named
    assert parsed.like_key is None
    assert not parsed.wanted.any
    assert (parsed.parsed.text, parsed.parsed.terms, parsed.parsed.like) == (query, query, None)


@pytest.mark.parametrize(
    "audience", ["for kids", "for the whole family", "for children", "for Kids", "family-friendly"]
)
def test_an_audience_is_the_genre_that_is_made_for_it(parser: QueryParser, audience: str) -> None:
    parsed = parser.parse(f"space adventures {audience}")

    assert parsed.parsed.terms == "family space adventures"
    assert parser.parse(f"movies {audience}").parsed.genres == ("Family",)


def test_an_audience_stays_as_it_is_where_there_is_no_such_genre() -> None:
    parser = QueryParser(("Horror",), (), lambda _: None)

    assert parser.parse("space adventures for kids").parsed.terms == "space adventures kids"


def test_like_a_title_wants_what_is_like_it_and_not_the_title(parser: QueryParser) -> None:
    parsed = parser.parse("something like Jaws")

    assert not parsed.named
    assert parsed.like_key == catalogues.row_of("jaws-1975")
    assert parsed.parsed.like == LikeTitle(id="jaws-1975", title="Jaws")


def test_what_is_understood_becomes_constraints(parser: QueryParser) -> None:
    wanted = parser.parse("romantic comedies on max before 2005").wanted

    assert wanted == Constraints(
        genres=(frozenset({"romance"}), frozenset({"comedy"})),
        platforms=(frozenset({"max"}),),
        years=(None, 2004),
    )


def test_a_relaxed_query_searches_every_word_and_keeps_the_likeness(parser: QueryParser) -> None:
    query = "horror films like Alien from the 80s"

    relaxed = parser.parse(query).relaxed()

    assert not relaxed.wanted.any
    assert relaxed.parsed.relaxed
    assert (relaxed.parsed.text, relaxed.parsed.terms) == (query, query)
    assert relaxed.like_key == catalogues.row_of("alien-1979")
    assert relaxed.parsed.like == LikeTitle(id="alien-1979", title="Alien")
    assert relaxed.parsed.genres == ()
    assert relaxed.parsed.year_range is None


def test_a_catalogue_without_genres_and_platforms_understands_years_alone() -> None:
    parsed = QueryParser((), (), lambda _: None).parse("horror films on netflix from the 90s").parsed

    assert (parsed.genres, parsed.platforms, parsed.year_range) == ((), (), (1990, 1999))
    assert parsed.terms == "horror netflix"


def test_names_with_the_syntax_of_regular_expressions_are_names() -> None:
    parser = QueryParser(("Sci.Fi (hard)",), ("Canal+", "A|B"), lambda _: None)

    assert parser.parse("films on canal+").parsed.platforms == ("Canal+",)
    assert parser.parse("films on a|b").parsed.platforms == ("A|B",)
    assert parser.parse("films on a").parsed.platforms == ()


@given(st.text(max_size=MAX_QUERY_LENGTH))
def test_no_text_at_all_is_an_error_and_reading_it_twice_is_the_same(parser: QueryParser, query: str) -> None:
    first: ParsedQuery = parser.parse(query)

    assert first == parser.parse(query)
    assert query.isspace() or not query or first.parsed.text or first.parsed.terms or first.wanted.any or first.like_key


@pytest.mark.parametrize("word", ["horror ", "horror, ", "a comedy and ", "like ", "on ", "in 1990 ", "90s ", "0", "'"])
def test_one_word_over_and_over_up_to_the_longest_query_is_read(parser: QueryParser, word: str) -> None:
    query = (word * MAX_QUERY_LENGTH)[: MAX_QUERY_LENGTH - 1] + "x"

    parsed = parser.parse(query).parsed

    assert parsed.text


@pytest.mark.parametrize(
    ("query", "groups"), [("romantic comedies", 2), ("horror or comedy movies", 1), ("horror/comedy films", 1)]
)
def test_or_asks_for_either_genre_and_a_chain_for_all(parser: QueryParser, query: str, groups: int) -> None:
    assert len(parser.parse(query).wanted.genres) == groups


@pytest.mark.parametrize(
    ("genres", "query"),
    [
        (("Comedy",), "90s chess " + "something " * 40 + "chess"),
        (("Comedy",), "90s chess " + "find me " * 50 + "chess"),
        (("Comedy",), "show me " * 60 + "x"),
        (("Action", "Adventure", "Action & Adventure"), "action & adventure " * 26 + "x"),
        (("Romance", "Comedy", "Romantic Comedy"), "romantic comedy " * 30 + "x"),
        (("Romance", "Comedy", "Romantic Comedy"), "romantic comedy or " * 25 + "about"),
    ],
)
def test_no_query_can_make_the_rules_run_for_ever(genres: tuple[str, ...], query: str) -> None:
    # A pattern that backtracks would not come back within the life of this machine; pytest itself is no stopwatch.
    QueryParser(genres, ("Netflix",), lambda _: None).parse(query[:MAX_QUERY_LENGTH])
