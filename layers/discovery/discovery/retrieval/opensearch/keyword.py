"""Keyword retrieval: BM25 in OpenSearch; `retrieval.keyword` has what it is evidence of."""

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np

from discovery.catalogue.keyword_index import analyzer
from discovery.opensearch import mapping as fields
from discovery.opensearch.engine import Body
from discovery.retrieval.evidence import spread
from discovery.retrieval.keyword import NO_SCORE, STEP, Weighed
from discovery.retrieval.opensearch.asking import Asking, Form, always, any_of
from discovery.retrieval.opensearch.hits import Hits
from discovery.retrieval.opensearch.pool import Pool
from discovery.retrieval.query_syntax import is_affordable, plain_words
from discovery.retrieval.ranking import Ranking
from discovery.retrieval.understanding.syntax import is_plain
from discovery.scoring import WordScoring

_analyze = analyzer().analyze
_QUOTED = re.compile(r"\"[^\"]*\"")
_FIELD = re.compile(r"([^\s():+-]*)\s*:")
_PHRASE = re.compile(r"(?<!\w)'([^']*)'(?!\w)")
_LEFT_OUT = re.compile(r"(?:^|\s)(?:-|NOT\s+)(?:\"[^\"]*\"|\S+)")
_ELSEWHERE = re.compile(r"[/?*!\\]|&&|\|\|")
"""What means something to OpenSearch alone."""
_SPLIT = re.compile(r"\"[^\"]*\"|[^\W_]+(?:[^\w\s\"():^]+|_)[^\W_][^\s\"():^]*")
"""A quoted text, or a run of several words: "wall-e" is a phrase."""
_EVERYTHING: Body = {"match_all": {}}


def words_of(text: str) -> list[str]:
    """The plain words of a text that are looked for, in their order; of words that the index has as one, the first."""
    first: dict[str, str] = {}
    words = []
    for word in plain_words(text).split():
        if terms := " ".join(_analyze(word)):
            words.append(first.setdefault(terms, word))
    return words


def asking(terms: str, counts: Mapping[str, int], documents: int, form: Form, scoring: WordScoring) -> Asking:
    """Search for terms, of whose words each is in so many of all documents.

    Terms with query syntax (phrases, AND, OR, -, field:) are read as such, if they can be and would not take too long.
    All their matches have BM25's share of the best as evidence.
    """
    by_words = _by_words(words_of(terms), counts, documents, form, scoring)
    syntax = syntax_query(terms)
    if syntax is None or not (by_words.searches or syntax == _EVERYTHING):
        return by_words

    def read(found: Sequence[Hits], pool: Pool) -> Ranking:
        first, *rest = found
        if first.missing == "failed" and not len(first):  # read into something that can't be searched
            return by_words.read(rest, pool)
        scores = first.scores
        return Ranking(pool.rows(first), scores / max(scores.max(initial=0.0), NO_SCORE), scores)

    return Asking([form.search(syntax), *by_words.searches], read, attempts=1)


def syntax_query(terms: str) -> Body | None:
    """What terms stand for in query syntax; None where they have none, no sense, or more than is affordable."""
    if is_plain(terms) or not is_affordable(terms):
        return None
    named = set(_FIELD.findall(_QUOTED.sub(" ", _quoted(terms))))
    if not named <= set(fields.TEXT_FIELDS) or not _LEFT_OUT.sub("", terms).strip():
        return None
    if terms.strip() == "*":
        return _EVERYTHING
    query = _SPLIT.sub(_phrase, _quoted(_ELSEWHERE.sub(" ", terms)))
    said = {"query": query, "fields": list(fields.TEXT_FIELDS), "type": "most_fields", "default_operator": "or"}
    return {"query_string": said | {"allow_leading_wildcard": False, "auto_generate_synonyms_phrase_query": False}}


def _phrase(unit: re.Match[str]) -> str:
    return unit[0] if unit[0].startswith('"') else f'"{unit[0]}"'


def _quoted(terms: str) -> str:
    """Terms with double quotes alone."""
    return _PHRASE.sub(r'"\1"', terms)


def words_query(weighed: Weighed) -> Body:
    """What scores each document with the steps of the words that it holds, and BM25."""
    parts = [part for word, steps in weighed.steps.items() for part in (_bm25(word), always(_has(word), STEP * steps))]
    if len(weighed.essential) == len(weighed.steps):
        return any_of(parts)
    return {"bool": {"filter": [any_of([_has(word) for word in weighed.essential])], "should": parts}}


def phrases_query(weighed: Weighed) -> Body | None:
    """What scores each document with its share of the pairs of words; None where there are no pairs."""
    pairs = {pair: share for pair, share in weighed.pairs.items() if weighed.steps.keys() >= set(pair)}
    if not pairs:
        return None
    return any_of([always(_side_by_side(*pair), share) for pair, share in pairs.items()])


def _by_words(
    words: Sequence[str], counts: Mapping[str, int], documents: int, form: Form, scoring: WordScoring
) -> Asking:
    if not any(counts[word] for word in words):
        return Asking()
    weighed = Weighed.of(words, counts, documents, scoring)
    searches = [form.search(words_query(weighed), min_score=STEP * math.ceil(weighed.least))]
    phrases = phrases_query(weighed)
    if phrases is not None:
        searches.append(Form().search(phrases))

    def read(found: Sequence[Hits], pool: Pool) -> Ranking:
        ranking = weighed.matching(pool.rows(found[0]), found[0].scores, scoring)
        shares = np.zeros(len(pool.ids))
        if phrases is not None:
            shares = spread(found[1].scores, pool.rows(found[1]), len(pool.ids))
        return weighed.with_phrases(ranking, shares[ranking.rows], scoring)

    return Asking(searches, read)


def _has(word: str) -> Body:
    return {"match": {fields.ANYWHERE: {"query": word, "operator": "and"}}}


def _bm25(word: str) -> Body:
    asked = {"query": word, "fields": list(fields.TEXT_FIELDS), "type": "most_fields", "operator": "and"}
    return {"multi_match": asked}


def _side_by_side(first: str, second: str) -> Body:
    asked = {"query": f"{first} {second}", "fields": list(fields.TEXT_FIELDS), "type": "phrase"}
    return {"multi_match": asked}
