"""Title evidence: how nearly a query is a title, whatever its case, accents, punctuation, article and trailing year.

Tantivy walks its dictionary of titles with a Levenshtein automaton, which takes 0.05 ms for one edit in 36 000 titles
(Schulz and Mihov, "Fast String Correction with Levenshtein-Automata", 2002). A swap of two letters is one edit.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tantivy import Occur, Query, Schema

from discovery.catalogue import keyword_index as fields
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.title_key import SHORTEST_EDITED, surface, title_key
from discovery.retrieval.bundle.ranking import Ranking
from discovery.retrieval.bundle.selection import Mask
from discovery.scoring import SCORING, TitleScoring

_SHORTEST_PREFIX, _SHORTEST_PREFIX_WITH_EDIT = 3, 5

_YEAR = re.compile(r"^(.+?)[\s,]+\(?((?:18|19|20)\d\d)\)?$")


def without_year(query: str) -> tuple[str, int | None]:
    """A query without the year at its end, and that year."""
    match = _YEAR.match(query)
    return (match[1], int(match[2])) if match else (query, None)


def retrieve(
    catalogue: Catalogue, queries: Iterable[str], allowed: Mask | None, scoring: TitleScoring = SCORING.titles
) -> Ranking:
    """The titles that a query, as typed or as meant, is, nearly is, or begins; with or without the year at its end."""
    titles = _Titles(catalogue, scoring)
    texts = dict.fromkeys(text for query in queries for text in (query, without_year(query)[0]))
    evidence = _Strongest()
    for text in texts:
        titles.support(text, evidence)
    return Ranking.by_evidence(evidence.by_row, allowed)


@dataclass(frozen=True, eq=False)
class _Titles:
    catalogue: Catalogue
    scoring: TitleScoring

    def support(self, text: str, evidence: "_Strongest") -> None:
        """Add the rows whose titles a text is, nearly is, or begins, and how strongly it speaks for them."""
        key, written = title_key(text), surface(text)
        if not key:
            return
        scoring = self.scoring
        if len(written) > len(key) and len(written) >= _SHORTEST_PREFIX:  # "the si" is neither "A Side" nor "Silence"
            evidence.add(*self._begun(fields.TITLE_SURFACE, written, len(key), more=scoring.prefix_surface))
        exact = self._rows(Query.term_query(self._schema, fields.TITLE_KEY, key))
        is_beginning = False
        if len(key) >= _SHORTEST_PREFIX:
            rows, strengths = self._begun(fields.TITLE_KEY, key, len(key))
            evidence.add(rows, strengths)
            is_beginning = bool(len(rows))
        if len(key) >= _SHORTEST_PREFIX_WITH_EDIT and not is_beginning:  # "heist" is not "History of the World"
            rows, strengths = self._begun(fields.TITLE_KEY, key, len(key), distance=1)
            evidence.add(rows, scoring.prefix_with_edit * strengths)
        if len(key) >= SHORTEST_EDITED:
            edited = self._rows(Query.boolean_query([(Occur.Should, near) for near in self._near(key, written)]))
            likely = scoring.edit_of_beginning if is_beginning and not len(exact) else 1.0
            evidence.add_all(edited, likely * scoring.edit * (1 - scoring.edit_length / len(text)))
        evidence.add_all(exact, scoring.exact)
        same = self._rows(Query.term_query(self._schema, fields.TITLE_SURFACE, written))
        evidence.add_all(same, scoring.exact + scoring.surface)

    @property
    def _schema(self) -> Schema:
        return self.catalogue.keyword.index.schema

    def _near(self, key: str, written: str) -> Iterable[Query]:
        """Titles one edit away; of "teh office" it is the article that is misspelled, which a key is without."""
        for field, text in {fields.TITLE_KEY: key, fields.TITLE_SURFACE: written}.items():
            yield Query.fuzzy_term_query(self._schema, field, text, distance=1)

    def _rows(self, query: Query) -> NDArray[np.intp]:
        return self.catalogue.keyword.rows(query)[0]

    def _begun(
        self, field: str, text: str, letters: int, *, distance: int = 0, more: float = 0.0
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """The titles that begin so, of which so many letters are there already, and how strongly that speaks."""
        query = Query.fuzzy_term_query(self._schema, field, text, distance=distance, prefix=True)
        rows, lengths = self.catalogue.keyword.rows_and(fields.TITLE_LENGTH, query)
        longer = lengths >= letters
        rows, lengths = rows[longer], lengths[longer]
        covered = letters / np.maximum(lengths, 1)
        scoring = self.scoring
        known = scoring.prefix_popularity * self.catalogue.columns.popularity[rows]
        return rows, scoring.prefix + scoring.prefix_covered * covered + known + more


class _Strongest:
    """The strongest evidence of each row."""

    def __init__(self) -> None:
        self.by_row: dict[int, float] = {}

    def add(self, rows: NDArray[np.intp], strengths: NDArray[np.float64]) -> None:
        for row, strength in zip(rows.tolist(), strengths.tolist(), strict=True):
            self.by_row[row] = max(self.by_row.get(row, 0.0), strength)

    def add_all(self, rows: NDArray[np.intp], strength: float) -> None:
        self.add(rows, np.full(len(rows), strength))
