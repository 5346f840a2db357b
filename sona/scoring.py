"""From a person's history to scores: pure functions over a model's arrays.

    evidence = liked + recent + content + popular        each ≥ 0, of this person and this title alone
    score    = evidence² / (evidence² + half²)           in [0, 1); `half` is fixed in training
    part     = score · its share of the evidence         so the parts add up to the score

- liked: Σ over the history of liking · weight of that title for this one, the item–item weights of the model.
- recent: the same, the newest events most: each counts half as much as the one twenty events later.
- content: cosine of the title's text and the person's profile, for what too few people have met.
- popular: what was liked at the time of the person's newest event, and how new the title was then. It counts five times
  as much for a newcomer as for somebody with a long history. Without any event: a quarter of it is of the newest year
  that the model knows, and the rest of all years alike.

The score is a Hill function (Hill 1910), nearly the square of the evidence where most titles are. The more a score is
compressed above, the less the few titles that somebody would love stand out in a blend: evidence / (evidence + half)
with the same order gave NDCG@10 .142 at a weight of .25, at about the same churn.

A score depends on no other candidate, so it may be cached and compared. docs/ranking-quality.md says how the constants
were chosen, and what they bring.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from discovery.sona.contract import ENGINE_COMPONENTS
from sona.calendar import year_of
from sona.history import History
from sona.liking import LIKED, Floats, liking
from sona.model.model import Model
from sona.profile import Profile

PARTS = ENGINE_COMPONENTS

_RECENT, _RECENT_EVENTS = 0.8, 20
_CONTENT = 0.2
_POPULAR, _POPULAR_TO_NEWCOMERS, _EXPERIENCED = 0.1, 0.4, 30
_OF_THE_NEWEST_YEAR = 0.25
"""Of what is popular, for people without any event: it finds more of what people go on to like where a model knows only
the past, and is no worse where it knows all years (docs/adr/0034)."""
_NEW, _OLDEST = 0.05, 100
"""What newness counts, and the age in years from which a title counts as old."""
_GENRE_LIKINGS = 2.0
"""A genre chosen at sign-up says as much about content as this many liked titles."""
_REASONS = 3
_SHAPE = 2
_LEAST = 1e-12
"""Evidence: less of it is none, and no part is a share of nothing."""


@dataclass(frozen=True, eq=False)
class Taste:
    """A person as a model sees them."""

    liked: NDArray[np.float32]
    """`[n + 1]`: liking by row; 0 for the rest and for the row n, which stands for no title."""
    recent: NDArray[np.float32]
    """`[n + 1]`: the same, faded by how many events came since."""
    content: NDArray[np.float32]
    """`[d]`, of length 1: what the liked titles are about; zeros where nothing is known."""
    rows: NDArray[np.intp]
    """`[h]`: of the titles that the person met, whatever came of it."""
    content_shares: Floats
    """`[h]`: how much of `content` each of them is."""
    dismissed: NDArray[np.intp]
    """Rows."""
    year: int | None
    """Of the newest event; None without any."""


@dataclass(frozen=True, eq=False)
class Scores:
    """Of m titles."""

    scores: Floats
    """`[m]`, in [0, 1)."""
    parts: Floats
    """`[m, 4]`, in the order of `PARTS`; a row adds up to its score."""
    evidence: Floats
    """`[m]`: what the scores were made of."""


def taste_of(profile: Profile, model: Model) -> Taste:
    """A profile, as far as the model has its titles and genres."""
    history, size = profile.history, model.size
    found = model.rows_of_keys(history.keys)
    known = found >= 0
    rows, likings = found[known], likings_of(history)[known]
    liked, recent = np.zeros(size + 1, dtype=np.float32), np.zeros(size + 1, dtype=np.float32)
    liked[rows] = likings
    later = np.argsort(np.argsort(-history.at[known].astype(np.int64), kind="stable"), kind="stable")
    recent[rows] = likings * 0.5 ** (later / _RECENT_EVENTS)
    genres = [row for name in profile.genres if (row := model.genre_rows.get(name.casefold())) is not None]
    content, content_shares = _content(model, rows, likings, genres)
    return Taste(
        liked=liked,
        recent=recent,
        content=content.astype(np.float32),
        rows=rows,
        content_shares=content_shares,
        dismissed=rows[history.dismissed[known]],
        year=year_of(int(history.at.max())) if len(history) else None,
    )


def likings_of(history: History) -> Floats:
    """`[m]`: of the titles of a history."""
    return liking(history.stars, history.completion, history.rewatched, history.dismissed)


def score(taste: Taste, model: Model, rows: NDArray[np.intp]) -> Scores:
    """How much a person likes the titles of these rows."""
    evidence = _evidence(taste, model, rows)
    evidence[np.isin(rows, taste.dismissed)] = 0
    total = evidence.sum(axis=1)
    scores = scores_of(total, model.manifest.half)
    parts = evidence * (scores / np.maximum(total, _LEAST))[:, np.newaxis]
    return Scores(scores, parts, total)


def scores_of(evidence: Floats, half: float) -> Floats:
    """The scores that evidence gives, in [0, 1); 0.5 where it is `half`."""
    raised = (evidence / half) ** _SHAPE
    scores: Floats = raised / (1 + raised)
    return scores


def because(taste: Taste, model: Model, row: int) -> list[int]:
    """The rows of up to three liked titles of the history that say most for a title, the strongest first."""
    arrays, rows = model.arrays, taste.rows
    said = _CONTENT * taste.content_shares * (_unit(arrays.vectors[rows]) @ _unit(arrays.vectors[row]))
    if (place := int(arrays.place[row])) >= 0:
        weights = np.zeros(model.size + 1)
        weights[arrays.neighbours[place]] = arrays.weights[place]
        said = said + weights[rows] * (taste.liked + _RECENT * taste.recent)[rows]
    said = np.where(taste.liked[rows] >= LIKED, said, 0)
    best = np.argsort(-said, kind="stable")[:_REASONS]
    return [int(rows[one]) for one in best if said[one] > 0 and rows[one] != row]


def _evidence(taste: Taste, model: Model, rows: NDArray[np.intp]) -> Floats:
    """`[m, 4]`, in the order of `PARTS`."""
    arrays = model.arrays
    evidence = np.zeros((len(rows), len(PARTS)))
    place = arrays.place[rows]
    met = place >= 0
    neighbours, weights = arrays.neighbours[place[met]], arrays.weights[place[met]].astype(np.float32)
    evidence[met, 0] = np.einsum("ij,ij->i", weights, taste.liked[neighbours])
    evidence[met, 1] = _RECENT * np.einsum("ij,ij->i", weights, taste.recent[neighbours])
    evidence[:, 2] = _CONTENT * (_unit(arrays.vectors[rows]) @ taste.content)
    evidence[:, 3] = _popular(taste, model, rows)
    return np.maximum(evidence, 0)


def _popular(taste: Taste, model: Model, rows: NDArray[np.intp]) -> Floats:
    arrays = model.arrays
    counts = _POPULAR + _POPULAR_TO_NEWCOMERS * float(np.exp(-len(taste.rows) / _EXPERIENCED))
    year = model.newest_year if taste.year is None else taste.year
    popular: Floats = model.popularity_in(year)[rows].astype(np.float64)
    if taste.year is None:
        over_the_years = arrays.popularity[:, rows].astype(np.float64).mean(axis=0)
        popular = _OF_THE_NEWEST_YEAR * popular + (1 - _OF_THE_NEWEST_YEAR) * over_the_years
    released = arrays.years[rows].astype(np.int64)
    age = year - released
    new = np.where((released > 0) & (age >= 0), 1 - np.log1p(np.clip(age, 0, _OLDEST)) / np.log1p(_OLDEST), 0)
    return counts * popular + _NEW * new


def _content(model: Model, rows: NDArray[np.intp], likings: Floats, genres: list[int]) -> tuple[Any, Floats]:
    """The profile, `[d]` of length 1, and how much of it each title of the history is, `[h]`.

    What is liked more than half the mean draws it nearer, what is liked less pushes it away.
    """
    shares = likings - likings.mean() / 2 if len(rows) else likings
    about = shares @ _unit(model.arrays.vectors[rows])
    about = about + _GENRE_LIKINGS * _unit(model.arrays.genre_vectors[genres]).sum(axis=0)
    length = float(np.linalg.norm(about))
    return (about / length, shares / length) if length > 0 else (about, np.zeros(len(rows)))


def _unit(vectors: NDArray[np.int8]) -> NDArray[np.float32]:
    """Vectors of length 1, of their bytes."""
    return vectors.astype(np.float32) / np.float32(127)
