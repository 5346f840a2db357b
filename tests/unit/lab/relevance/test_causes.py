"""The causes of bad answers, and the table that shows them."""

from pathlib import Path

import pytest

from lab.relevance.causes import CAUSES, UNKNOWN, read_causes
from lab.relevance.judgments import Judged, demo
from lab.relevance.measures import Scored
from lab.relevance.tables import worst


def scored(query: str, ndcg: float) -> Scored:
    return Scored(Judged(query, "title", {"heat-1995": 1}), ["the-heat-2013"], {"NDCG@10": ndcg})


def test_a_bad_answer_stands_beside_its_cause() -> None:
    table = worst({"films": [scored("heat", 0.2)]}, 10, {"films": {"heat": "another title is alike"}})

    assert table.rows == [("films", "heat", "0.20", "the-heat-2013", "another title is alike")]


def test_a_cause_is_of_one_set_alone() -> None:
    table = worst({"films": [scored("heat", 0.2)]}, 10, {"demo": {"heat": "another title is alike"}})

    assert table.rows[0][-1] == UNKNOWN


def test_each_set_shows_its_worst_and_no_perfect_answer() -> None:
    ours = {"demo": [scored("a", 1.0), scored("b", 0.9)], "films": [scored("c", 0.5), scored("d", 0.1), scored("e", 0)]}

    assert [row[1] for row in worst(ours, 2, {}).rows] == ["b", "e", "d"]


def test_every_cause_of_the_demo_judgments_is_of_a_query_that_they_have() -> None:
    assert set(read_causes(CAUSES)["demo"]) <= {one.query for one in demo().queries}


def test_an_empty_cause_is_refused(tmp_path: Path) -> None:
    (tmp_path / "causes.toml").write_text('[demo]\n"heat" = " "\n')

    with pytest.raises(ValueError, match="heat"):
        read_causes(tmp_path / "causes.toml")
