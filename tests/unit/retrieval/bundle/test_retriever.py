"""The strategies side by side: if one fails, the other serves."""

from collections import Counter
from collections.abc import Callable

import pytest

from discovery.api.responses import QueryParsed
from discovery.catalogue.bundle import Catalogue
from discovery.retrieval.bundle.ranking import Ranking
from discovery.retrieval.bundle.retriever import Retrieved, Retriever, Strategy
from discovery.retrieval.filters import Constraints
from discovery.retrieval.understanding.query import ParsedQuery
from discovery.settings import RetrievalSettings
from tests import catalogues

SHARK = ParsedQuery(QueryParsed(text="shark", terms="shark"))
FIRST, SECOND = Ranking((1, 2), (0.9, 0.8)), Ranking((2, 3), (5.0, 4.0))
NEW = Constraints(years=(2010, None))


class Broken(Exception):
    pass


def finds(ranking: Ranking) -> Strategy:
    return lambda _query, _wanted: ranking


def breaks(message: str) -> Strategy:
    def strategy(query: ParsedQuery, wanted: Constraints) -> Ranking:
        raise Broken(message)

    return strategy


def no_browsing(wanted: Constraints) -> tuple[int, ...]:
    raise AssertionError("nothing asked to browse")


@pytest.fixture
def retriever(catalogue: Catalogue) -> Retriever:
    return Retriever.of(catalogue, RetrievalSettings())


def test_both_strategies_rankings_come_back() -> None:
    found = Retriever(finds(FIRST), finds(SECOND), no_browsing).retrieve(SHARK, NEW)

    assert found == Retrieved(keyword=FIRST, vector=SECOND)
    assert not found.empty


def test_vector_search_serves_where_keyword_search_fails(counted: Callable[[], Counter[str]]) -> None:
    found = Retriever(breaks("index"), finds(SECOND), no_browsing).retrieve(SHARK, Constraints())

    assert found == Retrieved(vector=SECOND)
    assert counted() == {"KeywordSearchFailed": 1}


def test_keyword_search_serves_where_vector_search_fails(counted: Callable[[], Counter[str]]) -> None:
    found = Retriever(finds(FIRST), breaks("matrix"), no_browsing).retrieve(SHARK, Constraints())

    assert found == Retrieved(keyword=FIRST)
    assert counted() == {"VectorSearchFailed": 1}


def test_the_log_names_the_strategy_and_the_cause(caplog: pytest.LogCaptureFixture) -> None:
    Retriever(breaks("the index is gone"), finds(SECOND), no_browsing).retrieve(SHARK, Constraints())

    (record,) = caplog.records
    assert vars(record)["strategy"] == "keyword"
    assert record.exc_info
    assert str(record.exc_info[1]) == "the index is gone"


def test_both_failing_is_an_error(counted: Callable[[], Counter[str]]) -> None:
    with pytest.raises(Broken, match="matrix"):
        Retriever(breaks("index"), breaks("matrix"), no_browsing).retrieve(SHARK, Constraints())

    assert counted() == {"KeywordSearchFailed": 1, "VectorSearchFailed": 1}


def test_a_query_of_nothing_but_constraints_browses_by_popularity(retriever: Retriever) -> None:
    found = retriever.retrieve(ParsedQuery(QueryParsed(text="", terms="")), NEW)

    assert found.keyword == found.vector == Ranking()
    assert catalogues.ids_of(found.browse) == [
        "queens-gambit-2020",  # 0.8
        "gravity-2013",  # 0.7, the first of three by row
        "1917-2019",
        "whiplash-2014",
        "bluey-2018",  # 0.55
        "evil-dead-2013",  # 0.4
    ]


def test_browsing_stops_at_the_depth(catalogue: Catalogue) -> None:
    shallow = Retriever.of(catalogue, RetrievalSettings(depth=2))

    found = shallow.retrieve(ParsedQuery(QueryParsed(text="", terms="")), NEW)

    assert catalogues.ids_of(found.browse) == ["queens-gambit-2020", "gravity-2013"]


def test_a_query_without_words_and_constraints_finds_nothing(retriever: Retriever) -> None:
    assert retriever.retrieve(ParsedQuery(QueryParsed(text="", terms="")), Constraints()).empty


def test_both_strategies_obey_the_constraints(retriever: Retriever) -> None:
    found = retriever.retrieve(ParsedQuery(QueryParsed(text="vampire demon", terms="vampire demon")), NEW)

    assert catalogues.ids_of(found.keyword.rows) == ["evil-dead-2013"]
    assert {catalogues.CONTENTS[row].release_year or 0 for row in found.vector.rows} <= set(range(2010, 2025))


def test_like_a_title_finds_its_kind_and_not_the_title(retriever: Retriever) -> None:
    jaws = catalogues.row_of("jaws-1975")

    found = retriever.retrieve(ParsedQuery(QueryParsed(text="", terms=""), like_row=jaws), Constraints())

    assert jaws not in found.vector.rows
    assert found.browse == ()
    assert catalogues.ids_of(found.vector.rows)[:2] == ["titanic-1997", "finding-nemo-2003"]


def test_a_title_by_name_is_found_itself_and_first(retriever: Retriever) -> None:
    jaws = catalogues.row_of("jaws-1975")
    query = ParsedQuery(QueryParsed(text="jaws", terms="jaws"), like_row=jaws, named=True)

    found = retriever.retrieve(query, Constraints())

    assert found.vector.rows[0] == found.keyword.rows[0] == jaws


def test_the_likened_title_joins_the_querys_words(retriever: Retriever) -> None:
    gravity = catalogues.row_of("gravity-2013")
    plain = ParsedQuery(QueryParsed(text="", terms=""), like_row=gravity)
    with_words = ParsedQuery(QueryParsed(text="robot animation", terms=""), like_row=gravity)

    found = [retriever.retrieve(query, Constraints()).vector.by_row() for query in (plain, with_words)]

    wall_e = catalogues.row_of("wall-e-2008")
    assert found[1][wall_e] > found[0][wall_e]
