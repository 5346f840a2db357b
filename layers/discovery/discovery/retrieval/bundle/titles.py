"""Title evidence: how nearly a query is a title, whatever its case, accents, punctuation, article and trailing year.

Tantivy walks its dictionary of titles with a Levenshtein automaton, which takes 0.05 ms for one edit in 36 000 titles
(Schulz and Mihov, "Fast String Correction with Levenshtein-Automata", 2002). A swap of two letters is one edit.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tantivy import Occur, Query, Schema

from discovery.catalogue import keyword_index as fields
from discovery.catalogue.bundle import Catalogue
from discovery.retrieval.bundle.selection import Mask
from discovery.retrieval.ranking import Ranking
from discovery.retrieval.titles import Strongest, TitleText, title_texts
from discovery.scoring import SCORING, TitleScoring


def retrieve(
    catalogue: Catalogue, queries: Iterable[str], allowed: Mask | None, scoring: TitleScoring = SCORING.titles
) -> Ranking:
    """The titles that a query, as typed or as meant, is, nearly is, or begins; with or without the year at its end."""
    titles = _Titles(catalogue, scoring)
    evidence = Strongest()
    for text in title_texts(queries):
        titles.support(text, evidence)
    return Ranking.by_evidence(evidence.by_row, allowed)


@dataclass(frozen=True, eq=False)
class _Titles:
    catalogue: Catalogue
    scoring: TitleScoring

    def support(self, text: TitleText, evidence: Strongest) -> None:
        """Add the rows whose titles a text is, nearly is, or begins, and how strongly it speaks for them."""
        scoring = self.scoring
        if text.may_begin_as_written:
            rows, strengths = self._begun(fields.TITLE_SURFACE, text.written, text)
            evidence.add(rows, strengths + scoring.prefix_surface)
        exact = self._rows(Query.term_query(self._schema, fields.TITLE_KEY, text.key))
        is_beginning = False
        if text.may_begin:
            rows, strengths = self._begun(fields.TITLE_KEY, text.key, text)
            evidence.add(rows, strengths)
            is_beginning = bool(len(rows))
        if text.may_nearly_begin and not is_beginning:  # "heist" is not "History of the World"
            rows, strengths = self._begun(fields.TITLE_KEY, text.key, text, distance=1)
            evidence.add(rows, scoring.prefix_with_edit * strengths)
        if text.may_be_misspelled:
            edited = self._rows(Query.boolean_query([(Occur.Should, near) for near in self._near(text)]))
            evidence.add_all(edited, text.edited(scoring, is_beginning=is_beginning, is_title=bool(len(exact))))
        evidence.add_all(exact, scoring.exact)
        if len(exact):  # whose surface is the same, has the same key
            same = self._rows(Query.term_query(self._schema, fields.TITLE_SURFACE, text.written))
            evidence.add_all(same, scoring.exact + scoring.surface)

    @property
    def _schema(self) -> Schema:
        return self.catalogue.keyword.index.schema

    def _near(self, text: TitleText) -> Iterable[Query]:
        """Titles one edit away; of "teh office" it is the article that is misspelled, which a key is without."""
        for field, form in {fields.TITLE_KEY: text.key, fields.TITLE_SURFACE: text.written}.items():
            yield Query.fuzzy_term_query(self._schema, field, form, distance=1)

    def _rows(self, query: Query) -> NDArray[np.intp]:
        return self.catalogue.keyword.all_rows(query)

    def _begun(
        self, field: str, form: str, text: TitleText, *, distance: int = 0
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """The titles that begin so, of which so many letters are there already, and how strongly that speaks."""
        query = Query.fuzzy_term_query(self._schema, field, form, distance=distance, prefix=True)
        rows, lengths = self.catalogue.keyword.rows_and(fields.TITLE_LENGTH, query)
        longer = lengths >= len(text.key)
        rows, lengths = rows[longer], lengths[longer]
        popularity = self.catalogue.columns.popularity[rows].astype(np.float64)
        return rows, text.begun(lengths, popularity, self.scoring)
