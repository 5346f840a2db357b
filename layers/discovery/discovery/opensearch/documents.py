"""A catalogue's contents and names as documents of the two indices."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from discovery.catalogue.content import Content
from discovery.catalogue.embeddings import Vector
from discovery.catalogue.keyword_index import analyzer, origins
from discovery.catalogue.lexicon import words_for_spelling
from discovery.catalogue.suggestion_index import LONGEST, rests
from discovery.catalogue.suggestions import Suggestion, suggestions_of
from discovery.catalogue.title_key import name_key, surface, title_key
from discovery.opensearch import mapping as fields

Document = dict[str, Any]

_analyze = analyzer().analyze
_SCALE = 2**32
_LONGEST_RUN = 4
_LONGEST_ID = 512
"""Bytes that OpenSearch takes as an id; a folded name may have more."""
_LEXICAL = ("genres", "platforms")
"""Named as a request's filters name them: case-folded; all others by `name_key`."""


def title_document(content: Content, vector: Vector) -> Document:
    """The document of a title, whose id is the content's; `vector` is of length 1, or zeros where nothing is known."""
    titles = (content.title, *content.aliases)
    document: Document = {
        fields.ID: content.id,
        fields.CONTENT: content.model_dump(mode="json", exclude_defaults=True),
        "title": content.title,
        "overview": content.overview,
        **{name: list(getattr(content, name)) for name in ("cast", "directors", "genres", "keywords")},
        "origins": list(origins(content)),
        fields.TITLE_KEY: list(dict.fromkeys(map(title_key, titles))),
        fields.TITLE_SURFACE: list(dict.fromkeys(map(surface, titles))),
        fields.TITLE_LENGTH: len(title_key(content.title)),
        fields.TITLE_ORDER: title_key(content.title),
        fields.PERSON_KEY: list(dict.fromkeys(map(title_key, content.cast + content.directors))),
        fields.KEYWORD_KEY: list(dict.fromkeys(map(title_key, content.keywords))),
        fields.ORIGIN_RUNS: sorted(set(_origin_runs(content))),
        fields.POPULARITY: content.popularity_score or 0.0,
        "is": {name: sorted(_keys(name, getattr(content, name))) for name in fields.NAMED},
        "shown": {name: list(getattr(content, name)) for name in fields.NAMED},
    }
    if content.release_year is not None:
        document[fields.YEAR] = content.release_year
    if content.average_rating is not None:
        document[fields.RATING] = content.average_rating
    if content.content_rating is not None:
        document[fields.CONTENT_LEVEL] = content.content_rating.level
    if vector.any():
        document[fields.VECTOR] = vector.tolist()
    return document


def name_documents(contents: Sequence[Content]) -> Iterator[tuple[str, Document]]:
    """All suggestions and words for spelling of contents, and the id of each."""
    for suggestions in suggestions_of(contents).values():
        for place, suggestion in enumerate(suggestions):
            yield name_id(suggestion), name_document(suggestion, weight_at(place, len(suggestions)))
    counts = Counter(word for content in contents for word in words_for_spelling(content))
    for word, count in counts.items():
        yield word_id(word), word_document(word, count)


def weight_at(place: int, count: int) -> int:
    """The weight of a place, from 0, among so many of a kind.

    As `SuggestionIndex` has it: places of one kind differ, and the best of every kind weighs the same.
    """
    return _SCALE * (count - place) // count


def name_id(suggestion: Suggestion) -> str:
    """The id of a suggestion's document: titles are told apart by theirs, others by how they are compared."""
    if suggestion.content_id:
        return title_name_id(suggestion.content_id)
    return _id_of(suggestion.kind, title_key(suggestion.text))


def title_name_id(content_id: str) -> str:
    """The id of a title's suggestion."""
    return _id_of("title", content_id)


def name_document(suggestion: Suggestion, weight: int) -> Document:
    """The document of a suggestion; the greater its weight, the earlier it is suggested."""
    return {
        fields.KIND: suggestion.kind,
        fields.NAME: sorted({title_key(name)[:LONGEST] for name in suggestion.names}),
        fields.REST: sorted({rest for name in suggestion.names for rest in rests(name)}),
        fields.WEIGHT: weight,
        fields.SHOWN: asdict(suggestion),
    }


def word_id(word: str) -> str:
    """The id of a word's document."""
    return _id_of(fields.WORD_KIND, word)


def word_document(word: str, count: int) -> Document:
    """The document of a word that so many titles have."""
    return {fields.KIND: fields.WORD_KIND, fields.NAME: [word], fields.WEIGHT: count}


def run_of(text: str) -> str:
    """A text as one of `ORIGIN_RUNS`."""
    return " ".join(_analyze(text))


def _id_of(kind: str, name: str) -> str:
    named = f"{kind}:{name}"
    if len(named.encode()) <= _LONGEST_ID:
        return named
    return f"{kind}#{hashlib.sha256(name.encode()).hexdigest()}"


def _origin_runs(content: Content) -> Iterator[str]:
    for terms in (_analyze(origin) for origin in origins(content)):
        for start in range(len(terms)):
            for end in range(start + 1, min(len(terms), start + _LONGEST_RUN) + 1):
                yield " ".join(terms[start:end])


def _keys(attribute: str, names: Iterable[str]) -> set[str]:
    return {name.casefold() if attribute in _LEXICAL else name_key(name) for name in names}
