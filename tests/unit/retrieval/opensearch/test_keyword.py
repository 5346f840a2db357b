"""Words as searches of OpenSearch."""

from collections.abc import Sequence
from typing import Any

import pytest

from discovery.retrieval.keyword import STEP, Weighed
from discovery.retrieval.opensearch import keyword
from discovery.retrieval.opensearch.asking import Asking, Form
from discovery.retrieval.opensearch.pool import Pool
from discovery.scoring import SCORING
from tests.unit.retrieval.opensearch.engines import found, hit

DOCUMENTS = 1000
COUNTS = {"shark": 4, "sharks": 4, "hunting": 9, "zzqx": 0, "film": 900, "and": 990, "war": 50}


def weighed(*words: str) -> Weighed:
    return Weighed.of(words, COUNTS, DOCUMENTS, SCORING.words)


def asking(terms: str) -> Asking:
    return keyword.asking(terms, COUNTS, DOCUMENTS, Form(), SCORING.words)


def read(of: Asking, *answers: Sequence[dict[str, Any]]) -> list[tuple[str, float]]:
    hits = [found(search, *answer) for search, answer in zip(of.searches, answers, strict=True)]
    pool = Pool.of(hits, constrained=False)
    ranking = of.read(hits, pool)
    return [(pool.ids[row], strength) for row, strength in zip(ranking.rows, ranking.evidence, strict=True)]


def has(word: str) -> dict[str, Any]:
    return {"match": {"anywhere": {"query": word, "operator": "and"}}}


def test_words_are_those_that_the_index_tells_apart() -> None:
    assert keyword.words_of("Sharks! hunting sharks' SHARK") == ["sharks", "hunting", "sharks", "sharks"]
    assert keyword.words_of("x" * 65) == []


def test_a_hit_scores_the_steps_of_its_words_beside_bm25() -> None:
    of = weighed("shark", "war")
    query = keyword.words_query(of)["bool"]

    steps = [part["constant_score"] for part in query["should"] if "constant_score" in part]
    assert steps == [{"filter": has(word), "boost": STEP * of.steps[word]} for word in ("shark", "war")]
    assert [part["multi_match"]["query"] for part in query["should"] if "multi_match" in part] == ["shark", "war"]


def test_what_has_none_of_the_weightiest_words_is_not_looked_at() -> None:
    query = keyword.words_query(weighed("shark", "and"))["bool"]

    assert query["filter"] == [{"bool": {"should": [has("shark")], "minimum_should_match": 1}}]
    assert "filter" not in keyword.words_query(weighed("shark"))["bool"]


def test_words_that_no_title_has_are_not_searched() -> None:
    assert not asking("zzqx").searches
    assert len(asking("zzqx shark").searches) == 1


def test_pairs_are_searched_where_both_words_are_known_and_tell_something() -> None:
    assert keyword.phrases_query(weighed("zzqx", "shark")) is None
    assert keyword.phrases_query(weighed("shark", "and")) is None
    query = keyword.phrases_query(weighed("shark", "hunting"))
    assert query is not None
    (pair,) = query["bool"]["should"]
    assert pair["constant_score"]["boost"] == pytest.approx(1)
    assert pair["constant_score"]["filter"]["multi_match"]["query"] == "shark hunting"


def test_evidence_is_read_from_steps_bm25_and_phrases() -> None:
    of = weighed("shark", "hunting")
    both, first = sum(of.steps.values()) * STEP, of.steps["shark"] * STEP

    ranked = read(asking("shark hunting"), [hit("a", both + 8), hit("b", first + 4), hit("c", 5.0)], [hit("a", 1.0)])

    phrase, share = SCORING.words.phrase, SCORING.words.share
    assert dict(ranked) == {
        "a": pytest.approx(1.0),
        "b": pytest.approx((1 - phrase) * 0.5 * (1 - share + share * of.steps["shark"] / 64)),
    }


@pytest.mark.parametrize(
    ("terms", "query"),
    [
        ('"shark hunting"', '"shark hunting"'),
        ("'shark hunting'", '"shark hunting"'),
        ("title:heat OR cast:pacino", "title:heat OR cast:pacino"),
        ("war -peace", "war -peace"),
        ('wall-e -title:"toy story" -x_y', '"wall-e" -title:"toy story" -"x_y"'),
        ("(shark OR wh?le) AND /sea/", "(shark OR wh le) AND  sea "),
    ],
)
def test_query_syntax_is_passed_on_without_what_only_the_engine_knows(terms: str, query: str) -> None:
    said = keyword.syntax_query(terms)

    assert said is not None
    assert said["query_string"]["query"] == query


@pytest.mark.parametrize(
    "terms",
    [
        "shark",
        "price:low",
        "is.genres:war",
        "is.genres : war",
        "_exists_:title",
        "-war",
        "NOT war",
        "[a TO b]",
        '"a b"' * 9,
    ],
)
def test_what_has_no_sense_or_is_not_affordable_is_no_syntax(terms: str) -> None:
    assert keyword.syntax_query(terms) is None


@pytest.mark.parametrize("terms", ['"', "zzqx +", "-zzqx zzqx"])
def test_syntax_without_a_known_word_is_not_searched(terms: str) -> None:
    assert not asking(terms).searches


def test_everything_is_found_by_a_star() -> None:
    assert keyword.syntax_query("*") == {"match_all": {}}


def test_syntax_that_the_engine_refuses_is_searched_as_plain_words() -> None:
    of = asking("shark AND (")
    encoded = weighed("shark").steps["shark"] * STEP + 3
    refused, words = found(of.searches[0], missing="failed"), found(of.searches[1], hit("a", encoded))
    pool = Pool.of([refused, words], constrained=False)

    assert of.read([refused, words], pool).rows.tolist() == [0]


def test_evidence_of_syntax_is_bm25_in_proportion_to_the_best() -> None:
    ranked = read(asking('"shark"'), [hit("a", 4.0), hit("b", 1.0)], [])

    assert ranked == [("a", 1.0), ("b", 0.25)]
