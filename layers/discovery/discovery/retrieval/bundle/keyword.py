"""Keyword retrieval: BM25 in Tantivy, with the constraints as part of the query."""

import re

import tantivy
from tantivy import FieldType, Occur, Query

from discovery.catalogue import keyword_index as fields
from discovery.catalogue.keyword_index import KeywordIndex
from discovery.retrieval.bundle.ranking import Ranking
from discovery.retrieval.filters import Constraints


def retrieve(index: KeywordIndex, terms: str, wanted: Constraints, *, depth: int, title_boost: float) -> Ranking:
    """The `depth` best documents for the terms among those that satisfy the constraints, by BM25.

    Terms are read with Tantivy's query syntax (phrases, AND, OR, -, field:); what it can't read, or reads into
    something that it can't search, is searched as plain words.
    """
    try:
        return _search(index, _parsed(index, terms, title_boost), wanted, depth)
    except ValueError:
        return _search(index, _parsed(index, plain_words(terms), title_boost), wanted, depth)


def plain_words(terms: str) -> str:
    """The words alone: no character that means anything to the parser, and no operator (they are upper-case)."""
    return " ".join(re.findall(r"\w+", terms.lower()))


def _parsed(index: KeywordIndex, terms: str, title_boost: float) -> Query:
    return index.index.parse_query(terms, list(fields.TEXT_FIELDS), field_boosts={fields.TITLE: title_boost})


def _search(index: KeywordIndex, query: Query, wanted: Constraints, depth: int) -> Ranking:
    if wanted.any:
        # Boosted to nothing: a constraint selects, it says nothing about relevance.
        selected = Query.const_score_query(_constraint_query(index.index.schema, wanted), 0.0)
        query = Query.boolean_query([(Occur.Must, query), (Occur.Must, selected)])
    hits = index.searcher.search(query, limit=depth, count=False).hits
    rows = index.searcher.fast_field_values(fields.ROW, [address for _, address in hits])
    return Ranking(tuple(int(row) for row in rows if row is not None), tuple(score for score, _ in hits))


def _constraint_query(schema: tantivy.Schema, wanted: Constraints) -> Query:
    parts = [
        Query.term_set_query(schema, field, sorted(codes))
        for field, groups in ((fields.GENRE_CODE, wanted.genres), (fields.PLATFORM_CODE, wanted.platforms))
        for codes in groups
    ]
    if wanted.years != (None, None):
        parts.append(Query.range_query(schema, fields.YEAR, FieldType.Integer, *wanted.years))
    if wanted.ratings != (None, None):
        low, high = (None if bound is None else float(bound) for bound in wanted.ratings)
        parts.append(Query.range_query(schema, fields.RATING, FieldType.Float, low, high))
    if wanted.max_content_level is not None:
        level = wanted.max_content_level
        parts.append(Query.range_query(schema, fields.CONTENT_LEVEL, FieldType.Unsigned, 1, level))
    return Query.boolean_query([(Occur.Must, part) for part in parts])
