"""Likeness to a title: among the nearest to it, and those that share its keywords; `retrieval.likeness` measures it."""

from collections.abc import Sequence

import numpy as np

from discovery.catalogue.content import Content
from discovery.catalogue.embeddings import Vector
from discovery.catalogue.title_key import title_key
from discovery.opensearch import mapping as fields
from discovery.opensearch.engine import Body
from discovery.retrieval.likeness import MOST, jaccard, likeness, share_of_keywords
from discovery.retrieval.opensearch.asking import Asking, Form
from discovery.retrieval.opensearch.hits import Hits
from discovery.retrieval.opensearch.meaning import MOST_NEAR, cosines, near
from discovery.retrieval.opensearch.pool import Pool
from discovery.retrieval.ranking import Ranking, greatest
from discovery.scoring import LikenessScoring

_GENRES = "is.genres"


def asking(title: Content, vector: Vector, form: Form, scoring: LikenessScoring) -> Asking:
    """Search for the titles most like one, without itself; `vector` is the title's."""
    keys = list(dict.fromkeys(map(title_key, title.keywords)))
    genres = {name.casefold() for name in title.genres}
    queries = [near(vector)] if vector.any() else []
    if keys:
        queries.append(_sharing(keys, vector))

    def read(found: Sequence[Hits], pool: Pool) -> Ranking:
        cosine = np.zeros(len(pool.ids))
        candidates = np.zeros(len(pool.ids), dtype=np.bool_)
        for hits in found:
            rows = pool.rows(hits)
            candidates[rows] = True
            cosine[rows] = cosines(hits.scores)
        if (itself := pool.places.get(title.id)) is not None:
            candidates[itself] = False
        rows = np.flatnonzero(candidates)
        had = pool.names(_GENRES, rows)
        shared = np.fromiter((len(genres & of) for of in had), np.intp, len(rows))
        counts = np.fromiter(map(len, had), np.intp, len(rows))
        held = [len(of.intersection(keys)) for of in pool.names(fields.KEYWORD_KEY, rows)]
        keywords = share_of_keywords(np.array(held, dtype=np.float64), len(keys))
        alike = likeness(cosine[rows], jaccard(shared, counts, len(genres)), keywords, scoring)
        best = greatest(alike, MOST)
        best = best[alike[best] > 0]
        return Ranking(rows[best], alike[best])

    read_of_each = (_GENRES, fields.KEYWORD_KEY)
    return Asking([form.search(query, MOST_NEAR, read=read_of_each) for query in queries], read)


def _sharing(keys: Sequence[str], vector: Vector) -> Body:
    """Titles that have any of the keywords, scored as k-NN search would: exactly, since they are few."""
    sharing: list[Body] = [{"terms": {fields.KEYWORD_KEY: [*keys]}}]
    if not vector.any():
        return {"bool": {"filter": sharing}}
    of = {"field": fields.VECTOR, "query_value": vector.tolist(), "space_type": "innerproduct"}
    known = {"bool": {"filter": [*sharing, {"exists": {"field": fields.VECTOR}}]}}
    return {"script_score": {"query": known, "script": {"source": "knn_score", "lang": "knn", "params": of}}}
