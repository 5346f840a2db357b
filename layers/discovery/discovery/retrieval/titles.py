"""How strongly a text speaks for the titles that it is, nearly is, or begins. Pure; houses look the titles up."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from discovery.catalogue.title_key import SHORTEST_EDITED, surface, title_key
from discovery.scoring import TitleScoring

_SHORTEST_PREFIX, _SHORTEST_PREFIX_WITH_EDIT = 3, 5

_YEAR = re.compile(r"^(.+?)[\s,]+\(?((?:18|19|20)\d\d)\)?$")

Strengths = NDArray[np.float64]


def without_year(query: str) -> tuple[str, int | None]:
    """A query without the year at its end, and that year."""
    match = _YEAR.match(query)
    return (match[1], int(match[2])) if match else (query, None)


def title_texts(queries: Iterable[str]) -> "list[TitleText]":
    """What may be a title of a query as meant and as typed, each with or without the year at its end."""
    texts = dict.fromkeys(text for query in queries for text in (query, without_year(query)[0]))
    return [text for text in map(TitleText.of, texts) if text.key]


@dataclass(frozen=True)
class TitleText:
    """A text that may be a title."""

    text: str
    key: str
    written: str
    """Its surface."""

    @classmethod
    def of(cls, text: str) -> Self:
        """With the forms that it is compared in."""
        return cls(text, title_key(text), surface(text))

    @property
    def may_begin(self) -> bool:
        """Whether it is long enough for the beginning of a title."""
        return len(self.key) >= _SHORTEST_PREFIX

    @property
    def may_begin_as_written(self) -> bool:
        """Whether it has more than its key says: "the si" is neither "A Side" nor "Silence"."""
        return len(self.written) > len(self.key) and len(self.written) >= _SHORTEST_PREFIX

    @property
    def may_nearly_begin(self) -> bool:
        """Whether it is long enough for a misspelled beginning."""
        return len(self.key) >= _SHORTEST_PREFIX_WITH_EDIT

    @property
    def may_be_misspelled(self) -> bool:
        """Whether it is long enough for a misspelled title."""
        return len(self.key) >= SHORTEST_EDITED

    def begun(self, lengths: NDArray[np.intp], popularity: Strengths, scoring: TitleScoring) -> Strengths:
        """For titles that it begins, `[n]`: by how much of their lengths is there already, and their popularity."""
        covered = len(self.key) / np.maximum(lengths, 1)
        return np.asarray(
            scoring.prefix + scoring.prefix_covered * covered + scoring.prefix_popularity * popularity, np.float64
        )

    def edited(self, scoring: TitleScoring, *, is_beginning: bool, is_title: bool) -> float:
        """For titles one edit away; of a beginning of another title that more likely is unfinished than misspelled."""
        likely = scoring.edit_of_beginning if is_beginning and not is_title else 1.0
        return likely * scoring.edit * (1 - scoring.edit_length / len(self.text))


class Strongest:
    """The strongest evidence of each row."""

    def __init__(self) -> None:
        self.by_row: dict[int, float] = {}

    def add(self, rows: NDArray[np.intp], strengths: Strengths) -> None:
        """Rows that something speaks for, each so strongly."""
        for row, strength in zip(rows.tolist(), strengths.tolist(), strict=True):
            self.by_row[row] = max(self.by_row.get(row, 0.0), strength)

    def add_all(self, rows: NDArray[np.intp], strength: float) -> None:
        """Rows that something speaks for, all as strongly."""
        self.add(rows, np.full(len(rows), strength))
