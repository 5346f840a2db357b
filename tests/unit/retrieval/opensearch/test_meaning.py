"""The nearest, as Lucene scores them."""

import numpy as np
import pytest

from discovery.opensearch.engine import Answer
from discovery.retrieval.opensearch import meaning
from discovery.retrieval.opensearch.asking import Form
from discovery.retrieval.opensearch.pool import Pool
from discovery.settings import RetrievalSettings
from tests.unit.retrieval.opensearch.engines import hit

VECTOR = np.array([1, 0], dtype=np.float32)


@pytest.mark.parametrize("cosine", [1.0, 0.25, 0.0, -0.5])
def test_a_cosine_is_read_from_the_score_of_an_inner_product(cosine: float) -> None:
    score = 1 + cosine if cosine >= 0 else 1 / (1 - cosine)

    assert meaning.cosines(np.array([score])) == pytest.approx([cosine])


def test_near_is_what_comes_near_the_nearest_that_is_not_left_out() -> None:
    settings = RetrievalSettings(similarity_floor=0.5, min_similarity=0.1)
    answer = Answer([hit("itself", 2.0), hit("near", 1.6), hit("also", 1.4), hit("far", 1.2)])
    pool = Pool.of([answer], constrained=False)

    found = meaning.asking(VECTOR, Form(), settings, without="itself").read([answer], pool)

    assert [pool.ids[row] for row in found.rows] == ["near", "also"]
    assert found.scores == pytest.approx([0.6, 0.4])
    assert found.evidence == pytest.approx([1.0, (0.4 - 0.3) / 0.3])


def test_where_nothing_is_near_nothing_is_found() -> None:
    pool = Pool.of([], constrained=False)

    assert not len(meaning.asking(VECTOR, Form(), RetrievalSettings()).read([Answer()], pool).rows)


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
