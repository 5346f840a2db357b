"""Title evidence: how nearly a query is a title, whatever its case, accents, punctuation, article and trailing year.

One search finds all titles that a text may be in any way; the score of each is a number of which every bit is a way.
"""

from collections.abc import Sequence

import numpy as np

from discovery.opensearch import mapping as fields
from discovery.opensearch.engine import Body
from discovery.retrieval.opensearch.asking import Asking, Form, always, any_of, fuzzy
from discovery.retrieval.opensearch.hits import Hits
from discovery.retrieval.opensearch.pool import Pool
from discovery.retrieval.ranking import Ranking
from discovery.retrieval.titles import Strongest, TitleText, title_texts
from discovery.scoring import TitleScoring

_IS, _IS_AS_WRITTEN, _IS_NEARLY, _BEGINS, _BEGINS_AS_WRITTEN, _BEGINS_NEARLY = 32, 16, 8, 4, 2, 1


def asking(queries: Sequence[str], form: Form, scoring: TitleScoring) -> Asking:
    """Search for the titles that a query, as typed or as meant, is, nearly is, or begins."""
    texts = title_texts(queries)

    def read(found: Sequence[Hits], pool: Pool) -> Ranking:
        evidence = Strongest()
        for text, hits in zip(texts, found, strict=True):
            _support(text, hits, pool, evidence, scoring)
        return Ranking.by_evidence(evidence.by_row, None)

    return Asking([form.search(ways_query(text), numbers=(fields.TITLE_LENGTH,)) for text in texts], read)


def ways_query(text: TitleText) -> Body:
    """What scores each title with the ways in which a text may be it."""
    key, written = text.key, text.written
    ways = [
        always({"term": {fields.TITLE_KEY: key}}, _IS),
        always({"term": {fields.TITLE_SURFACE: written}}, _IS_AS_WRITTEN),
    ]
    if text.may_be_misspelled:  # of "teh office" it is the article, which a key is without
        near = any_of([fuzzy(fields.TITLE_KEY, key, 1), fuzzy(fields.TITLE_SURFACE, written, 1)])
        ways.append(always(near, _IS_NEARLY))
    if text.may_begin:
        ways.append(always({"prefix": {fields.TITLE_KEY: key}}, _BEGINS))
    if text.may_begin_as_written:
        ways.append(always({"prefix": {fields.TITLE_SURFACE: written}}, _BEGINS_AS_WRITTEN))
    if text.may_nearly_begin:
        ways.append(always(fuzzy(f"{fields.TITLE_KEY}.{fields.BEGINNING}", key, 1), _BEGINS_NEARLY))
    return any_of(ways)


def _support(text: TitleText, hits: Hits, pool: Pool, evidence: Strongest, scoring: TitleScoring) -> None:
    """Add the titles that a text is, nearly is, or begins, and how strongly it speaks for them."""
    rows, ways = pool.rows(hits), hits.scores.astype(np.intp)
    lengths = hits.numbers(fields.TITLE_LENGTH).astype(np.intp)
    begun = text.begun(lengths, hits.popularity, scoring)
    longer = lengths >= len(text.key)  # an alias may begin so, and the title be shorter
    exact, begins = (ways & _IS) > 0, ((ways & _BEGINS) > 0) & longer
    is_beginning, is_title = bool(begins.any()), bool(exact.any())
    as_written = ((ways & _BEGINS_AS_WRITTEN) > 0) & longer
    evidence.add(rows[as_written], begun[as_written] + scoring.prefix_surface)
    evidence.add(rows[begins], begun[begins])
    if not is_beginning:  # "heist" is not "History of the World"
        nearly = ((ways & _BEGINS_NEARLY) > 0) & longer
        evidence.add(rows[nearly], scoring.prefix_with_edit * begun[nearly])
    edited = text.edited(scoring, is_beginning=is_beginning, is_title=is_title)
    evidence.add_all(rows[(ways & _IS_NEARLY) > 0], edited)
    evidence.add_all(rows[exact], scoring.exact)
    if is_title:
        evidence.add_all(rows[(ways & _IS_AS_WRITTEN) > 0], scoring.exact + scoring.surface)
