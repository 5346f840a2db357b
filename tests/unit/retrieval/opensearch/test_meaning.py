"""The nearest, as Lucene scores them."""

import numpy as np
import pytest

from discovery.retrieval.opensearch import meaning
from discovery.retrieval.opensearch.asking import Form
from discovery.retrieval.opensearch.hits import Hits
from discovery.retrieval.opensearch.pool import Pool
from discovery.settings.retrieval import RetrievalSettings
from tests.unit.retrieval.opensearch.engines import found, hit

VECTOR = np.array([1, 0], dtype=np.float32)


@pytest.mark.parametrize("cosine", [1.0, 0.25, 0.0, -0.5])
def test_a_cosine_is_read_from_the_score_of_an_inner_product(cosine: float) -> None:
    assert meaning.cosines(np.array([meaning.score(cosine)])) == pytest.approx([cosine])


def test_what_is_too_far_to_be_near_is_not_told_of() -> None:
    (search,) = meaning.asking(VECTOR, Form(), RetrievalSettings(min_similarity=0.2)).searches

    assert search["min_score"] == pytest.approx(1.2)
    assert search["min_score"] < 1.2


def test_near_is_what_comes_near_the_nearest_that_is_not_left_out() -> None:
    settings = RetrievalSettings(similarity_floor=0.5, min_similarity=0.1)
    asking = meaning.asking(VECTOR, Form(), settings, without="itself")
    hits = found(*asking.searches, hit("itself", 2.0), hit("near", 1.6), hit("also", 1.4), hit("far", 1.2))
    pool = Pool.of([hits], constrained=False)

    ranking = asking.read([hits], pool)

    assert [pool.ids[row] for row in ranking.rows] == ["near", "also"]
    assert ranking.scores == pytest.approx([0.6, 0.4])
    assert ranking.evidence == pytest.approx([1.0, (0.4 - 0.3) / 0.3])


def test_where_nothing_is_near_nothing_is_found() -> None:
    pool = Pool.of([], constrained=False)

    assert not len(meaning.asking(VECTOR, Form(), RetrievalSettings()).read([Hits()], pool).rows)


def test_all_are_searched_and_hits_tell_whether_they_pass() -> None:
    (search,) = meaning.asking(VECTOR, Form(passing=[{"term": {"year": 1999}}]), RetrievalSettings()).searches

    query = search["query"]["bool"]
    assert query["must"] == [meaning.near(VECTOR)]
    assert query["should"] == [
        {
            "constant_score": {
                "filter": {"bool": {"filter": [{"term": {"year": 1999}}], "_name": "passes"}},
                "boost": 0,
            }
        }
    ]
