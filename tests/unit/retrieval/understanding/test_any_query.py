"""What holds of every query, also of those that are made of nothing but the words that the rules look for."""

from hypothesis import given
from hypothesis import strategies as st

from discovery.api.query_responses import LikeTitle
from discovery.api.requests import MAX_QUERY_LENGTH
from discovery.retrieval.understanding.query import QueryParser
from discovery.retrieval.understanding.wording import STOP_WORDS, plain, tidy, without_stop_words

GENRES, PLATFORMS = ("Comedy", "Science Fiction", "Action & Adventure", "War"), ("Netflix", "Canal+", "Max")
TITLES = {"alien": 1, "the war": 2}
WORDS = [
    *("films", "movies", "show me", "like", "similar to", "on", "from", "before", "since", "in", "early", "the", "or"),
    *("1990", "90s", "'80s", "1999-2005", "up to", "to", "and", "&", "/", ",", '"', "(", "-", "AND", "NOT"),
    *("comedies", "sci-fi", "war", "netflix", "canal+", "max", "alien", "chess", "İ", "ß", "\u2028"),
]
QUERIES = st.text(max_size=MAX_QUERY_LENGTH) | st.lists(st.sampled_from(WORDS), max_size=60).map(
    lambda words: " ".join(words)[:MAX_QUERY_LENGTH]
)


def find_title(title: str) -> tuple[int, LikeTitle] | None:
    key = TITLES.get(title.casefold())
    return None if key is None else (key, LikeTitle(id=str(key), title=title))


PARSER = QueryParser(GENRES, PLATFORMS, find_title)


@given(QUERIES)
def test_a_query_is_read_alike_every_time_into_no_more_than_it_had(query: str) -> None:
    read = PARSER.parse(query)

    assert read == PARSER.parse(query)
    assert len(read.parsed.text) <= len(query)
    assert len(read.parsed.terms) <= len(query)


@given(QUERIES)
def test_only_the_catalogues_names_are_understood_and_years_that_run_upwards(query: str) -> None:
    parsed = PARSER.parse(query).parsed

    assert set(parsed.genres) <= set(GENRES)
    assert set(parsed.platforms) <= set(PLATFORMS)
    match parsed.year_range:
        case (int(first), int(last)):
            assert first <= last


@given(QUERIES)
def test_a_relaxed_query_constrains_nothing_and_keeps_every_word(query: str) -> None:
    relaxed = PARSER.parse(query).relaxed()

    assert not relaxed.wanted.any
    assert (relaxed.parsed.text, relaxed.parsed.terms) == (query, query)


@given(QUERIES)
def test_cleaning_twice_is_cleaning_once(query: str) -> None:
    for clean in (tidy, plain, without_stop_words):
        assert clean(clean(query)) == clean(query)


@given(st.lists(st.sampled_from([*sorted(STOP_WORDS), "chess"]), min_size=1))
def test_stop_words_are_left_out_unless_they_are_all_there_is(words: list[str]) -> None:
    kept = without_stop_words(" ".join(words)).split()

    assert kept == ([word for word in words if word == "chess"] or words)
