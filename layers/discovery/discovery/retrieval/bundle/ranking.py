"""What a retrieval strategy returns."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Ranking:
    """Rows and their scores, best first; scores of different strategies are on different scales."""

    rows: tuple[int, ...] = ()
    scores: tuple[float, ...] = ()

    def by_row(self) -> dict[int, float]:
        """The score of each row."""
        return dict(zip(self.rows, self.scores, strict=True))
