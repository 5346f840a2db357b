"""Keyword retrieval: BM25 in Tantivy.

    evidence = (1 − p) · BM25 / best BM25 · (1 − s + s · share)  +  p · phrases

`share` is how much of the query a document has: the inverse document frequencies of its words that the document holds,
over those of all words. `phrases` is the same for pairs of words that follow each other. A document matches if its
share is enough; so a word that everybody uses finds nothing by itself, beside rarer ones.
"""

import contextlib
import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from tantivy import Occur, Query

from discovery.catalogue import keyword_index as fields
from discovery.catalogue.keyword_index import KeywordIndex
from discovery.retrieval.bundle.query_syntax import is_affordable, is_plain, plain_words
from discovery.retrieval.bundle.ranking import Ranking
from discovery.retrieval.bundle.selection import Mask
from discovery.retrieval.evidence import spread
from discovery.scoring import SCORING, WordScoring

_TELLING = 1.0
"""Inverse document frequency of a word in three of eight titles; pairs with a more frequent word ("of the") say
nothing, and are in thousands of texts."""
_NO_SCORE = 1e-9
"""Where all is found, as by `*` or by a word that every title has, BM25 says nothing."""
_STEPS = 64
_STEP = 1024.0
"""A search gives one number for each hit, so that number holds two: the share in so many steps, times this, and BM25.
BM25 stays far below; single precision, in which Tantivy counts, keeps it to within 0.01."""


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
            return Ranking(rows, scores / max(scores.max(initial=0.0), _NO_SCORE), scores)
    return _by_words(index, index.analyze(plain_words(terms)), scoring)


def knows(index: KeywordIndex, text: str) -> bool:
    """Whether the catalogue has any word of a text; what a model makes of unknown words alone means nothing."""
    return any(index.frequency(term) for term in index.analyze(text))


def syntax_query(index: KeywordIndex, terms: str) -> Query | None:
    """What terms stand for in query syntax; None where they have none, or more than is affordable."""
    if is_plain(terms) or not is_affordable(terms):
        return None
    try:
        return index.index.parse_query(terms, list(fields.TEXT_FIELDS))
    except ValueError:
        return None


def _by_words(index: KeywordIndex, words: Sequence[str], scoring: WordScoring) -> Ranking:
    terms = list(dict.fromkeys(words))
    frequencies = {term: index.frequency(term) for term in terms}
    weights = {term: inverse_frequency(index, frequency) for term, frequency in frequencies.items()}
    known = [term for term in terms if frequencies[term]]
    if not known:
        return Ranking()
    total = sum(weights.values())
    steps = {term: max(1, round(_STEPS * weights[term] / total)) for term in known}
    least = scoring.least_share * sum(steps.values())
    rows, encoded = index.rows(words_query(index, steps, least))
    held = np.floor(encoded / _STEP)
    matching = held >= least
    rows, held, scores = rows[matching], held[matching], (encoded - held * _STEP)[matching]
    if not len(rows):
        return Ranking()
    share = np.minimum(held / _STEPS, 1.0)
    evidence = scores / max(scores.max(), _NO_SCORE) * (1 - scoring.share + scoring.share * share)
    if len(known) > 1:
        evidence = (1 - scoring.phrase) * evidence + scoring.phrase * _phrases(index, words, weights, rows)
    order = np.lexsort((rows, -evidence))
    return Ranking(rows[order], evidence[order], scores[order])


def words_query(index: KeywordIndex, steps: dict[str, int], least: float) -> Query:
    """What scores each document with the steps of the terms that it holds, and BM25.

    Documents that hold none of the weightiest terms can't match, and are not looked at: the rest of the terms together
    weigh too little (the essential lists of Turtle and Flood's MaxScore, 1995).
    """
    by_weight = sorted(steps, key=lambda term: -steps[term])
    rest = sum(steps.values())
    essential: list[str] = []
    for term in by_weight:
        if rest < least:
            break
        essential.append(term)
        rest -= steps[term]
    any_field = {term: _in_any_field(index, term) for term in steps}
    parts = [(Occur.Should, any_field[term]) for term in steps]
    parts += [(Occur.Should, Query.const_score_query(any_field[term], _STEP * steps[term])) for term in steps]
    if len(essential) < len(steps):
        one_of = Query.boolean_query([(Occur.Should, any_field[term]) for term in essential])
        parts.append((Occur.Must, Query.const_score_query(one_of, 0.0)))
    return Query.boolean_query(parts)


def _phrases(
    index: KeywordIndex, words: Sequence[str], weights: dict[str, float], rows: NDArray[np.intp]
) -> NDArray[np.float64]:
    """The share of the pairs of words that rows hold side by side, `[len(rows)]`."""
    pairs = [
        (first, second)
        for first, second in pairwise(words)
        if first != second and min(weights[first], weights[second]) >= _TELLING
    ]
    if not pairs:
        return np.zeros(len(rows))
    pair_weights = [min(weights[first], weights[second]) for first, second in pairs]
    total = sum(pair_weights)
    parts = [
        (Occur.Should, Query.const_score_query(_side_by_side(index, pair), weight / total))
        for pair, weight in zip(pairs, pair_weights, strict=True)
    ]
    found, shares = index.rows(Query.boolean_query(parts))
    return spread(shares, found, index.searcher.num_docs)[rows]


def _in_any_field(index: KeywordIndex, term: str) -> Query:
    schema = index.index.schema
    return Query.boolean_query([(Occur.Should, Query.term_query(schema, field, term)) for field in fields.TEXT_FIELDS])


def _side_by_side(index: KeywordIndex, pair: tuple[str, str]) -> Query:
    schema = index.index.schema
    phrases = [Query.phrase_query(schema, field, [*pair]) for field in fields.TEXT_FIELDS]
    return Query.boolean_query([(Occur.Should, phrase) for phrase in phrases])


def inverse_frequency(index: KeywordIndex, frequency: int) -> float:
    """BM25's, of a term in so many documents.

    Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
    """
    return math.log(1 + (index.searcher.num_docs - frequency + 0.5) / (frequency + 0.5))
