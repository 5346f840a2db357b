"""A bundle with changes laid over it: rows that no longer count, and others behind the last.

Search reads it as it reads any catalogue. Of the bundle's files nothing is written, and little is copied: the columns,
and what the indexes of words add. It lasts as long as somebody has it open.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from discovery.artefacts.pointer import Version
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.changed_vectors import ChangedVectors
from discovery.catalogue.changes import Changes
from discovery.catalogue.columns import Columns, distinct
from discovery.catalogue.content import Content
from discovery.catalogue.embeddings import embedded_text
from discovery.catalogue.lexicon import words_for_spelling
from discovery.catalogue.title_key import title_key


def with_changes(base: Catalogue, changes: Changes, changes_id: str) -> Catalogue:
    """A catalogue of the titles of a bundle as they are after changes; their id is for its name."""
    rows = base.documents.rows(changes.titles)
    gone = {row: base.documents.content(row) for row in sorted(rows.values())}
    added = changes.contents
    # New names are behind the others, so that codes stay.
    genres = distinct([base.manifest.genres, *(content.genres for content in added)])
    platforms = distinct([base.manifest.platforms, *(content.platforms for content in added)])
    columns = base.columns.followed_by(
        Columns.of(added, genres, platforms), _places(base, added), np.array(list(gone), dtype=np.intp)
    )
    behind = dict(enumerate(added, base.size))
    keyword = base.keyword.with_changes(gone, behind)
    suggestions = base.suggestions.with_changes(gone, behind, _popular(base, added))
    counted = {"count": base.size - len(gone) + len(added), "genres": tuple(genres), "platforms": tuple(platforms)}
    return replace(
        base,
        bundle=str(Version(base.bundle, changes_id)),
        manifest=base.manifest.model_copy(update=counted),
        documents=suggestions.documents,
        columns=columns,
        vectors=ChangedVectors(base.vectors, tuple(gone), base.model.embed(list(map(embedded_text, added)))),
        keyword=keyword,
        lexicon=base.lexicon.with_changes(
            {word for word in _words(gone.values()) if not all(map(keyword.has, keyword.analyze(word)))}, _words(added)
        ),
        suggestions=suggestions,
    )


def _words(contents: Iterable[Content]) -> set[str]:
    return {word for content in contents for word in words_for_spelling(content)}


def _places(base: Catalogue, added: Sequence[Content]) -> NDArray[np.float64]:
    """The places of titles in the order of a bundle's, between two where it has none that is equal."""
    order, documents = base.columns.title_order, base.documents
    rows = np.argsort(order, kind="stable")
    keys = [title_key(content.title) for content in added]
    rank = {key: (place + 1) / (len(keys) + 1) for place, key in enumerate(sorted(set(keys)))}

    def place(key: str) -> float:
        after = bisect_left(rows, key, key=lambda row: title_key(documents.content(row).title))
        if after < len(rows) and title_key(documents.content(rows[after]).title) == key:
            return float(order[rows[after]])
        return (float(order[rows[after - 1]]) if after else -1.0) + rank[key]

    return np.array([place(key) for key in keys], dtype=np.float64)


def _popular(base: Catalogue, added: Sequence[Content]) -> list[float]:
    """The share of a bundle's titles that each comes before, if it comes after those that are as popular."""
    popularity = np.sort(base.columns.popularity)
    values = np.array([content.popularity_score or 0.0 for content in added], dtype=np.float32)
    before: list[float] = (np.searchsorted(popularity, values) / max(len(popularity), 1)).tolist()
    return before
