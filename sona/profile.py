"""From viewing events to what a user prefers: pure functions over values and arrays.

Every event gets a weight in [−1, 1]:

    engagement = (c − 0.3) / 0.7        for a completion rate c of 0.3 or more: 0 to 1
                 (c − 0.3) / 0.6        below, an abandoned title: −0.5 to 0
    weight     = engagement                              where there is no rating
                 0.4 · engagement + 0.6 · (rating − 3) / 2   where there is one
                 + 0.25 for a rewatch, then clipped; −1 for a dismissal, whatever else it says

A weight fades with a half-life of 30 days, counted from the user's newest event, not from now: users who stay away keep
their taste, and demo data does not age.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from discovery.catalogue.embeddings import Vector, normalized

HALF_LIFE_DAYS = 30.0
REWATCH_BONUS = 0.25
ABANDONED_BELOW = 0.3
"""Completion rate."""
_DAY_SECONDS = 86_400.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Viewing:
    """One viewing event of the title at a row of the catalogue."""

    row: int
    at: float
    """Unix seconds."""
    completion_rate: float
    rating: float | None = None
    """1 to 5."""
    is_rewatch: bool = False
    dismissed: bool = False


@dataclass(frozen=True, slots=True)
class Preferences:
    """A user's preferences for the m distinct titles they met: −1 (dislike) to 1 (like)."""

    rows: NDArray[np.intp]
    """`[m]`, ascending."""
    faded: Floats
    """`[m]`: the sum of a title's weights, each with its time decay, clipped."""
    latest: Floats
    """`[m]`: the weight of a title's newest event, without decay."""


def event_weight(viewing: Viewing) -> float:
    """The weight of one event for its title, −1 to 1."""
    if viewing.dismissed:
        return -1.0
    beyond = viewing.completion_rate - ABANDONED_BELOW
    weight = beyond / (1 - ABANDONED_BELOW) if beyond >= 0 else beyond / (2 * ABANDONED_BELOW)
    if viewing.rating is not None:
        weight = 0.4 * weight + 0.6 * (viewing.rating - 3) / 2
    if viewing.is_rewatch:
        weight += REWATCH_BONUS
    return max(-1.0, min(1.0, weight))


def preferences_of(viewings: Iterable[Viewing]) -> Preferences:
    """Sum up viewing events, in any order."""
    history = sorted(viewings, key=lambda viewing: viewing.at)
    newest = history[-1].at if history else 0.0
    faded: dict[int, float] = {}
    latest: dict[int, float] = {}
    for viewing in history:
        weight = event_weight(viewing)
        decay = 0.5 ** ((newest - viewing.at) / _DAY_SECONDS / HALF_LIFE_DAYS)
        faded[viewing.row] = faded.get(viewing.row, 0.0) + weight * decay
        latest[viewing.row] = weight
    rows = sorted(faded)
    return Preferences(
        rows=np.array(rows, dtype=np.intp),
        faded=np.clip(np.array([faded[row] for row in rows], dtype=np.float64), -1, 1),
        latest=np.array([latest[row] for row in rows], dtype=np.float64),
    )


def profile_vector(preferences: Preferences, vectors: Vector) -> Vector:
    """The weighted sum of the met titles' vectors, of length 1: `float32[dimensions]`; zeros without preferences."""
    summed = preferences.faded.astype(np.float32) @ vectors[preferences.rows]
    return normalized(summed)
