"""Keyword retrieval: BM25 in Tantivy, with what is selected as part of the query."""

import numpy as np
import tantivy
from tantivy import FieldType, Occur, Query

from discovery.catalogue import keyword_index as fields
from discovery.catalogue.keyword_index import KeywordIndex
from discovery.retrieval.bundle.query_syntax import is_affordable, plain_words
from discovery.retrieval.bundle.ranking import Ranking
from discovery.retrieval.bundle.selection import Selection


def retrieve(index: KeywordIndex, terms: str, selected: Selection, *, depth: int, title_boost: float) -> Ranking:
    """The `depth` best documents for the terms among those that are selected, by BM25.

    Terms are read with Tantivy's query syntax (phrases, AND, OR, -, field:); what it can't read, or reads into
    something that it can't search, is searched as plain words, and so is what would take it too long.
    """
    try:
        return _search(index, query_for(index, terms, title_boost), selected, depth)
    except ValueError:
        return _search(index, _parsed(index, plain_words(terms), title_boost), selected, depth)


def query_for(index: KeywordIndex, terms: str, title_boost: float) -> Query:
    """What is searched for terms, if it can be.

    Raises:
        ValueError: Tantivy can't read them.
    """
    return _parsed(index, terms if is_affordable(terms) else plain_words(terms), title_boost)


def _parsed(index: KeywordIndex, terms: str, title_boost: float) -> Query:
    return index.index.parse_query(terms, list(fields.TEXT_FIELDS), field_boosts={fields.TITLE: title_boost})


def _search(index: KeywordIndex, query: Query, selected: Selection, depth: int) -> Ranking:
    if selected.any:
        # Boosted to nothing: a constraint selects, it says nothing about relevance.
        filtering = Query.const_score_query(_selection_query(index.index.schema, selected), 0.0)
        query = Query.boolean_query([(Occur.Must, query), (Occur.Must, filtering)])
    hits = index.searcher.search(query, limit=depth, count=False).hits
    rows = index.searcher.fast_field_values(fields.ROW, [address for _, address in hits])
    return Ranking(np.array(rows, dtype=np.intp), np.array([score for score, _ in hits], dtype=np.float64))


def _selection_query(schema: tantivy.Schema, selected: Selection) -> Query:
    parts = [
        Query.term_set_query(schema, field, sorted(codes))
        for field, groups in ((fields.GENRE_CODE, selected.genres), (fields.PLATFORM_CODE, selected.platforms))
        for codes in groups
    ]
    if selected.years != (None, None):
        parts.append(Query.range_query(schema, fields.YEAR, FieldType.Integer, *selected.years))
    if selected.ratings != (None, None):
        low, high = (None if bound is None else float(bound) for bound in selected.ratings)
        parts.append(Query.range_query(schema, fields.RATING, FieldType.Float, low, high))
    if selected.max_content_level is not None:
        level = selected.max_content_level
        parts.append(Query.range_query(schema, fields.CONTENT_LEVEL, FieldType.Unsigned, 1, level))
    return Query.boolean_query([(Occur.Must, part) for part in parts])
