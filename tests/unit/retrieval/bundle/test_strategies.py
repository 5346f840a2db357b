"""The strategies side by side: if one fails, the other serves."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from discovery.api.query_responses import QueryParsed
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.columns import Columns
from discovery.retrieval.bundle.selection import Selected, Selection, mask
from discovery.retrieval.bundle.strategies import (
    KeywordStrategy,
    LikenessStrategy,
    Retrieved,
    Strategy,
    TitleStrategy,
    VectorStrategy,
    retrieve,
)
from discovery.retrieval.ranking import Ranking
from discovery.retrieval.understanding.query import ParsedQuery
from discovery.settings.retrieval import RetrievalSettings
from tests import catalogues

SHARK = ParsedQuery("shark", QueryParsed(text="shark", terms="shark"))
NOTHING = ParsedQuery("", QueryParsed(text="", terms=""))
FIRST, SECOND = (
    Ranking(np.array(rows), np.array(scores), np.array(scores))
    for rows, scores in (([1, 2], [0.9, 0.8]), ([2, 3], [0.5, 0.4]))
)
NEW = Selection(years=(2010, None))
ALL_OF_NOTHING = Selected(Selection(), Columns.of([], (), ()))
"""For strategies that look at nothing."""


class Broken(Exception):
    pass


def finds(ranking: Ranking) -> Strategy:
    return lambda _query, _selected: ranking


def breaks(message: str) -> Strategy:
    def strategy(query: ParsedQuery, selected: Selected) -> Ranking:
        raise Broken(message)

    return strategy


def run(keyword: Strategy, vector: Strategy, *, clock: Callable[[], float] = lambda: 0.0) -> Retrieved:
    strategies = {"keyword": keyword, "vector": vector}
    return retrieve(strategies, SHARK, ALL_OF_NOTHING, ends=2.0, clock=clock)


def over(catalogue: Catalogue, query: ParsedQuery, selected: Selection = Selection()) -> Retrieved:  # noqa: B008 - frozen
    strategies: dict[str, Strategy] = {
        "keyword": KeywordStrategy(catalogue),
        "vector": VectorStrategy(catalogue, RetrievalSettings()),
    }
    return retrieve(strategies, query, chosen(catalogue, selected))


def chosen(catalogue: Catalogue, selection: Selection = Selection()) -> Selected:  # noqa: B008 - frozen
    return Selected(selection, catalogue.columns)


def test_both_strategies_rankings_come_back() -> None:
    found = run(finds(FIRST), finds(SECOND))

    assert (found["keyword"], found["vector"]) == (FIRST, SECOND)
    assert not found.empty


def test_vector_search_serves_where_keyword_search_fails(counted: Callable[[], Counter[str]]) -> None:
    found = run(breaks("index"), finds(SECOND))

    assert found["vector"] == SECOND
    assert (len(found["keyword"].rows), len(found["keyword"].scores)) == (0, 0)
    assert counted() == {"KeywordSearchFailed": 1}


def test_keyword_search_serves_where_vector_search_fails(counted: Callable[[], Counter[str]]) -> None:
    found = run(finds(FIRST), breaks("matrix"))

    assert found["keyword"] == FIRST
    assert not len(found["vector"].rows)
    assert found.partial == "failed"
    assert counted() == {"VectorSearchFailed": 1}


def test_the_log_names_the_strategy_and_the_cause(caplog: pytest.LogCaptureFixture) -> None:
    run(breaks("the index is gone"), finds(SECOND))

    (record,) = caplog.records
    assert (record.getMessage(), vars(record)["strategy"]) == ("a search strategy failed", "keyword")
    assert record.exc_info
    assert str(record.exc_info[1]) == "the index is gone"


def test_both_failing_is_an_error(counted: Callable[[], Counter[str]]) -> None:
    with pytest.raises(Broken, match="matrix"):
        run(breaks("index"), breaks("matrix"))

    assert counted() == {"KeywordSearchFailed": 1, "VectorSearchFailed": 1}


def test_a_strategy_that_would_begin_after_the_deadline_is_left_out(counted: Callable[[], Counter[str]]) -> None:
    found = run(finds(FIRST), finds(SECOND), clock=lambda: 2.1)

    assert found["keyword"] == FIRST
    assert not len(found["vector"].rows)
    assert found.partial == "deadline"
    assert counted() == {"RetrievalDeadlineReached": 1}


def test_the_log_names_the_strategy_that_was_left_out(caplog: pytest.LogCaptureFixture) -> None:
    run(finds(FIRST), finds(SECOND), clock=lambda: 2.1)

    (record,) = caplog.records
    assert (record.getMessage(), vars(record)["strategy"]) == ("a search strategy was left out", "vector")


def test_a_strategy_that_begins_at_the_deadline_is_not_left_out() -> None:
    assert run(finds(FIRST), finds(SECOND), clock=lambda: 2.0).whole


def test_without_strategies_nothing_is_found() -> None:
    assert retrieve({}, SHARK, ALL_OF_NOTHING).empty


def test_after_the_deadline_a_strategy_still_serves_where_the_other_failed() -> None:
    found = run(breaks("index"), finds(SECOND), clock=lambda: 2.1)

    assert found["vector"] == SECOND
    assert found.partial == "failed"


def test_a_query_of_nothing_but_constraints_finds_all_that_satisfies_them(catalogue: Catalogue) -> None:
    found = over(catalogue, NOTHING, NEW)

    assert not len(found["vector"].rows)
    assert np.isnan(found["keyword"].scores).all()
    assert not found["keyword"].evidence.any()
    assert set(catalogues.ids_of(found["keyword"].rows)) == {
        one.id for one in catalogues.CONTENTS if (one.release_year or 0) >= 2010
    }


def test_without_words_nothing_is_near_even_where_any_similarity_would_do(catalogue: Catalogue) -> None:
    found = VectorStrategy(catalogue, RetrievalSettings(min_similarity=0))(NOTHING, chosen(catalogue, NEW))

    assert not len(found.rows)


def test_a_query_without_words_and_constraints_finds_nothing(catalogue: Catalogue) -> None:
    assert over(catalogue, NOTHING).empty


def test_both_strategies_obey_the_constraints(catalogue: Catalogue) -> None:
    words = "vampire demon"
    found = over(catalogue, ParsedQuery(words, QueryParsed(text=words, terms=words)), NEW)

    assert catalogues.ids_of(found["keyword"].rows) == ["evil-dead-2013"]
    assert {catalogues.CONTENTS[row].release_year or 0 for row in found["vector"].rows} <= set(range(2010, 2025))


def test_like_a_title_finds_its_kind_and_not_the_title(catalogue: Catalogue) -> None:
    jaws = catalogues.row_of("jaws-1975")

    found = over(catalogue, ParsedQuery("like jaws", QueryParsed(text="", terms=""), like_key=jaws))

    assert jaws not in found["vector"].rows
    assert not len(found["keyword"].rows)
    assert catalogues.ids_of(found["vector"].rows)[:2] == ["titanic-1997", "finding-nemo-2003"]


def test_like_a_title_obeys_the_constraints(catalogue: Catalogue) -> None:
    jaws = catalogues.row_of("jaws-1975")

    found = over(catalogue, ParsedQuery("like jaws", QueryParsed(text="", terms=""), like_key=jaws), NEW)

    assert not len(found["keyword"].rows)  # nor does it browse
    assert {catalogues.CONTENTS[row].release_year or 0 for row in found["vector"].rows} <= set(range(2010, 2025))


def test_the_likened_title_joins_the_querys_words(catalogue: Catalogue) -> None:
    gravity, wall_e = (catalogues.row_of(one) for one in ("gravity-2013", "wall-e-2008"))

    def similarity(text: str) -> float:
        found = over(catalogue, ParsedQuery(text, QueryParsed(text=text, terms=""), like_key=gravity))["vector"]
        return float(found.scores[found.rows == wall_e].sum())

    assert similarity("robot animation") > similarity("")


JAWS = catalogues.row_of("jaws-1975")
LIKE_JAWS = ParsedQuery("like jaws", QueryParsed(text="", terms=""), like_key=JAWS)
TITLE = ParsedQuery("jaws", QueryParsed(text="jaws", terms="jaws"))


def test_likeness_is_that_to_the_title_among_what_is_selected(catalogue: Catalogue) -> None:
    strategy = LikenessStrategy(catalogue)
    new = mask(catalogue.columns, NEW)
    assert new is not None

    found = strategy(LIKE_JAWS, chosen(catalogue, NEW))

    assert found.rows.tolist() == [row for row in strategy(LIKE_JAWS, chosen(catalogue)).rows if new[row]]
    assert len(found.rows)
    assert JAWS not in strategy(LIKE_JAWS, chosen(catalogue)).rows
    assert not len(strategy(TITLE, chosen(catalogue)).rows)


def test_a_title_is_found_by_name_but_not_after_like_or_where_no_words_are_left(catalogue: Catalogue) -> None:
    strategy = TitleStrategy(catalogue)

    assert strategy(TITLE, chosen(catalogue)).rows.tolist() == [JAWS]
    assert not len(strategy(TITLE, chosen(catalogue, NEW)).rows)
    assert not len(
        strategy(
            ParsedQuery("jaws", QueryParsed(text="jaws", terms="jaws"), like_key=JAWS), chosen(catalogue, NEW)
        ).rows
    )
    assert not len(strategy(ParsedQuery("jaws", QueryParsed(text="jaws", terms="")), chosen(catalogue)).rows)


@pytest.mark.parametrize(("text", "means"), [("grandmaster", True), ("shark", True), ("zxqv", False), ("", False)])
def test_a_text_is_near_something_if_the_catalogue_or_the_model_has_a_word_of_it(
    catalogue: Catalogue, text: str, means: bool
) -> None:
    found = VectorStrategy(catalogue, RetrievalSettings())(
        ParsedQuery(text, QueryParsed(text=text, terms="")), chosen(catalogue)
    )

    assert bool(len(found.rows)) is means
