"""Keyword retrieval: BM25 in Tantivy; `retrieval.keyword` has what it is evidence of."""

import contextlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from tantivy import Occur, Query

from discovery.catalogue import keyword_index as fields
from discovery.catalogue.keyword_index import KeywordIndex
from discovery.retrieval.bundle.selection import Mask
from discovery.retrieval.evidence import spread
from discovery.retrieval.keyword import NO_SCORE, STEP, Weighed
from discovery.retrieval.query_syntax import is_affordable, plain_words
from discovery.retrieval.ranking import Ranking
from discovery.retrieval.understanding.syntax import is_plain
from discovery.scoring import SCORING, WordScoring

Frequencies = Mapping[str, Mapping[str, int]]
"""In how many documents each term is, in each text field that has it."""
_VERY_FREQUENT = 20
"""In more than one of so many documents."""


def retrieve(
    index: KeywordIndex, terms: str, allowed: Mask | None = None, scoring: WordScoring = SCORING.words
) -> Ranking:
    """What matches the terms, by evidence, among the allowed rows (`bool[n]`, or all); of too many matches, the best.

    What is allowed is applied to the matches, so that it only takes away, and changes no evidence.

    Terms with Tantivy's query syntax (phrases, AND, OR, -, field:) are read as such, if they can be and would not take
    too long. All their matches have BM25's share of the best as evidence.
    """
    return _matching(index, terms, scoring).among(allowed)


def _matching(index: KeywordIndex, terms: str, scoring: WordScoring) -> Ranking:
    if (query := syntax_query(index, terms)) is not None:
        with contextlib.suppress(ValueError):  # read into something that can't be searched
            rows, scores = index.rows(query)
            return Ranking(rows, scores / max(scores.max(initial=0.0), NO_SCORE), scores)
    return _by_words(index, index.analyze(plain_words(terms)), scoring)


def knows(index: KeywordIndex, text: str) -> bool:
    """Whether the catalogue has any word of a text; what a model makes of unknown words alone means nothing."""
    return any(map(index.has, index.analyze(text)))


def syntax_query(index: KeywordIndex, terms: str) -> Query | None:
    """What terms stand for in query syntax; None where they have none, or more than is affordable."""
    if is_plain(terms) or not is_affordable(terms):
        return None
    try:
        return index.index.parse_query(terms, list(fields.TEXT_FIELDS))
    except ValueError:
        return None


def _by_words(index: KeywordIndex, words: Sequence[str], scoring: WordScoring) -> Ranking:
    frequencies = {term: index.frequencies(term) for term in dict.fromkeys(words)}
    known = {term: of for term, of in frequencies.items() if of}
    if not known:
        return Ranking()
    counts = {term: max(of.values(), default=0) for term, of in frequencies.items()}
    weighed = Weighed.of(words, counts, index.searcher.num_docs, scoring)
    rows, encoded = index.rows(words_query(index, known, weighed))
    ranking = weighed.matching(rows, encoded, scoring)
    if len(known) == 1 or not len(ranking.rows):
        return ranking
    return weighed.with_phrases(ranking, _phrases(index, known, weighed, ranking.rows), scoring)


def words_query(index: KeywordIndex, known: Frequencies, weighed: Weighed) -> Query:
    """What scores each document with the steps of the terms that it holds, and BM25.

    Tantivy goes through all documents of the terms that may add to a score, side by side, though only those with an
    essential one count. So each that is very frequent ("the") is looked up by itself in what the rest finds.
    """
    schema = index.index.schema
    anywhere = {term: Query.term_query(schema, fields.ANYWHERE, term, "basic") for term in known}
    scored = [(of[field], Query.term_query(schema, field, term)) for term, of in known.items() for field in of]
    for term in known:
        steps = Query.const_score_query(anywhere[term], STEP * weighed.steps[term])
        scored.append((index.searcher.doc_freq(fields.ANYWHERE, term), steps))
    essential = weighed.essential
    if len(essential) == len(known):
        return Query.boolean_query([(Occur.Should, query) for _, query in scored])
    one_of = Query.boolean_query([(Occur.Should, anywhere[term]) for term in essential])
    many = index.searcher.num_docs // _VERY_FREQUENT
    rare = [(Occur.Should, query) for frequency, query in scored if frequency <= many]
    found = Query.boolean_query([(Occur.Must, Query.const_score_query(one_of, 0.0)), *rare])
    for frequency, query in scored:
        if frequency > many:
            found = Query.boolean_query([(Occur.Must, found), (Occur.Should, query)])
    return found


def _phrases(index: KeywordIndex, known: Frequencies, weighed: Weighed, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    """The share of the pairs of words that rows hold side by side, `[len(rows)]`."""
    parts = [
        (Occur.Should, Query.const_score_query(_side_by_side(index, pair, shared), share))
        for pair, share in weighed.pairs.items()
        if (shared := [field for field in known.get(pair[0], ()) if field in known.get(pair[1], ())])
    ]
    if not parts:
        return np.zeros(len(rows))
    found, shares = index.rows(Query.boolean_query(parts))
    return spread(shares, found, 1 + int(max(rows.max(), found.max(initial=0))))[rows]


def _side_by_side(index: KeywordIndex, pair: tuple[str, str], among: Sequence[str]) -> Query:
    schema = index.index.schema
    phrases = [Query.phrase_query(schema, field, [*pair]) for field in among]
    return phrases[0] if len(phrases) == 1 else Query.boolean_query([(Occur.Should, phrase) for phrase in phrases])
