"""The two indices of a catalogue in OpenSearch: their settings, analyzers and fields.

One has a document for each title, the other one for each name that can be suggested and each word for spelling. Text is
analyzed as the bundle's is (`catalogue.keyword_index.analyzer`); keys and surfaces are whole, as there.
"""

from collections.abc import Mapping
from typing import Any

WORDS, BEGINNINGS = "words", "beginnings"
"""Analyzers: of text, and of names that are looked for by how they begin."""
SHORTEST_BEGINNING, LONGEST_BEGINNING = 4, 40
"""Letters of a name by which a misspelled beginning of it is found, at least and at most."""

TEXT_FIELDS = ("title", "cast", "directors", "genres", "keywords", "origins", "overview")
ANYWHERE = "anywhere"
"""The words of all text fields: how many titles have a word, and which."""
ID, CONTENT, VECTOR, POPULARITY = "id", "content", "vector", "popularity"
YEAR, RATING, CONTENT_LEVEL = "year", "rating", "content_level"
TITLE_KEY, TITLE_SURFACE, TITLE_LENGTH = "title_key", "title_surface", "title_length"
TITLE_ORDER = "title_order"
"""What titles are sorted by: the `title_key` of the title itself, and of no alias."""
PERSON_KEY, KEYWORD_KEY = "person_key", "keyword_key"
ORIGIN_RUNS = "origin_runs"
"""Runs of words of where a title is from, as `KeywordIndex` has its origins: "south korea", "korea", "korean"."""
NAMED = ("genres", "platforms", "directors", "countries", "languages", "keywords")
"""What filters and facets read by name: `is.<name>` is compared, `shown.<name>` is shown."""

KIND, NAME, REST, WEIGHT, SHOWN = "kind", "name", "rest", "weight", "shown"
"""Of a suggestion: its kind, whole names, names from each of their words on, place among all, and itself."""
WORD_KIND = "word"
"""What is no suggestion but a word for spelling; its name is the word and its weight how many titles have it."""

BEGINNING = "beginning"
"""Subfield of what is found by a misspelled beginning."""

REFRESH_INTERVAL = "1s"
"""After which a change is seen."""

_ANALYSIS = {
    "tokenizer": {"words": {"type": "pattern", "pattern": r"(?U)[\W_]+"}},
    "filter": {
        "not_too_long": {"type": "length", "max": 64},
        "english": {"type": "stemmer", "language": "porter2"},
        "beginnings": {"type": "edge_ngram", "min_gram": SHORTEST_BEGINNING, "max_gram": LONGEST_BEGINNING},
    },
    "analyzer": {
        WORDS: {
            "type": "custom",
            "tokenizer": "words",
            "filter": ["not_too_long", "lowercase", "asciifolding", "english"],
        },
        BEGINNINGS: {"type": "custom", "tokenizer": "keyword", "filter": ["beginnings"]},
    },
}
_KEYWORD = {"type": "keyword"}
_BEGUN = {
    "type": "keyword",
    "fields": {
        BEGINNING: {
            "type": "text",
            "analyzer": BEGINNINGS,
            "search_analyzer": "keyword",
            "index_options": "docs",
            "norms": False,
        }
    },
}


def titles_index(dimensions: int, about: Mapping[str, Any], *, shards: int = 1, replicas: int = 1) -> dict[str, Any]:
    """The body that makes an index of titles, with vectors of so many dimensions.

    `about`: what is told of the catalogue (`opensearch.manifest`); OpenSearch keeps it with the fields.
    """
    text = {"type": "text", "analyzer": WORDS, "copy_to": ANYWHERE}
    return {
        "settings": _settings(shards, replicas) | {"index.knn": True},
        "mappings": {
            "dynamic": "strict",
            "_meta": dict(about),
            "_source": {"includes": [CONTENT]},
            "properties": {
                **dict.fromkeys(TEXT_FIELDS, text),
                ANYWHERE: {"type": "text", "analyzer": WORDS, "index_options": "docs", "norms": False},
                **dict.fromkeys((ID, TITLE_ORDER, TITLE_SURFACE, PERSON_KEY, KEYWORD_KEY, ORIGIN_RUNS), _KEYWORD),
                TITLE_KEY: _BEGUN,
                TITLE_LENGTH: {"type": "short"},
                YEAR: {"type": "short"},
                RATING: {"type": "float"},
                POPULARITY: {"type": "float"},
                CONTENT_LEVEL: {"type": "byte"},
                "is": {"properties": dict.fromkeys(NAMED, _KEYWORD)},
                "shown": {"properties": dict.fromkeys(NAMED, _KEYWORD)},
                CONTENT: {"type": "object", "enabled": False},
                VECTOR: {
                    "type": "knn_vector",
                    "dimension": dimensions,
                    "method": {
                        "name": "hnsw",
                        "engine": "lucene",
                        "space_type": "innerproduct",
                        # More links than usual: few lead to texts that are like no other (docs/adr/0044).
                        "parameters": {"m": 64, "ef_construction": 512},
                    },
                },
            },
        },
    }


def names_index(*, shards: int = 1, replicas: int = 1) -> dict[str, Any]:
    """The body that makes an index of suggestions, and of words for spelling."""
    return {
        "settings": _settings(shards, replicas),
        "mappings": {
            "dynamic": "strict",
            "properties": {
                **dict.fromkeys((KIND, NAME), _KEYWORD),
                REST: _BEGUN,
                WEIGHT: {"type": "long"},
                SHOWN: {"type": "object", "enabled": False},
            },
        },
    }


def _settings(shards: int, replicas: int) -> dict[str, Any]:
    return {
        "index.number_of_shards": shards,
        "index.number_of_replicas": replicas,
        "index.refresh_interval": REFRESH_INTERVAL,
        "analysis": _ANALYSIS,
    }
