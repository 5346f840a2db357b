"""The users SONA knows, and their scores."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from discovery.catalogue.embeddings import Vector
from sona import scoring
from sona.features import Features
from sona.profile import Floats, Preferences, Viewing, preferences_of, profile_vector

MAX_HISTORY = 2000
"""Viewing events kept for one user; the oldest go first, and have long faded by then."""
COMPONENTS = tuple(scoring.WEIGHTS)
_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Taste:
    """A user's history as arrays."""

    preferences: Preferences
    profile: Vector
    liking: Floats


@dataclass(slots=True)
class _User:
    history: dict[tuple[int, float], Viewing] = field(default_factory=dict)
    """By title and moment, so that an event sent twice counts once."""
    version: int = 0
    taste: Taste | None = None
    scores: Floats | None = None
    """`[n, 1 + components]`: the score, then its components, for every title."""


class Engine:
    """Keeps users in memory.

    All scores of a user are computed when their profile changes, so a request only reads an array. They stay as they
    are until the user's next change, although other users' likings count in them: a cached score never changes without
    an event that says so.
    """

    def __init__(self, features: Features) -> None:
        self.features = features
        self._users: dict[str, _User] = {}

    @property
    def user_count(self) -> int:
        """Number of users with a history."""
        return len(self._users)

    def load(self, histories: Mapping[str, Iterable[Viewing]]) -> None:
        """Add users with their histories, all of them before the first is scored: each counts for the others."""
        for user_id, viewings in histories.items():
            self._record(user_id, viewings)
        for user_id in histories:
            self._rescore(user_id)

    def update(self, user_id: str, viewings: Iterable[Viewing]) -> int:
        """Add viewing events to a user's history and score anew; returns the profile's version, from 1 up."""
        self._record(user_id, viewings)
        self._rescore(user_id)
        return self._users[user_id].version

    def version(self, user_id: str) -> int:
        """The version of a user's profile; 0 for a user without history."""
        return self._users[user_id].version if user_id in self._users else 0

    def scores(self, user_id: str, rows: list[int]) -> list[list[float]] | None:
        """For each row the score and its components, in the order of `COMPONENTS`; None for an unknown user."""
        user = self._users.get(user_id)
        if user is None or user.scores is None:
            return None
        scores: list[list[float]] = user.scores[rows].tolist()
        return scores

    def _record(self, user_id: str, viewings: Iterable[Viewing]) -> None:
        user = self._users.setdefault(user_id, _User())
        for viewing in viewings:
            user.history[viewing.row, viewing.at] = viewing
        kept = sorted(user.history.values(), key=lambda viewing: viewing.at)[-MAX_HISTORY:]
        user.history = {(viewing.row, viewing.at): viewing for viewing in kept}
        user.version += 1
        preferences = preferences_of(kept)
        vectors = self.features.vectors
        user.taste = Taste(preferences, profile_vector(preferences, vectors), scoring.liking(preferences, vectors))

    def _rescore(self, user_id: str) -> None:
        user = self._users[user_id]
        tastes = [other.taste for other in self._users.values() if other is not user]
        if user.taste is not None:
            user.scores = _score_table(user.taste, [taste for taste in tastes if taste], self.features)


def _score_table(taste: Taste, others: Iterable[Taste], features: Features) -> Floats:
    preferences, size = taste.preferences, features.size
    neighbours = [(other.profile, other.liking) for other in others]
    components = {
        "collaborative": scoring.collaborative(taste.profile, neighbours, size),
        "content_based": scoring.content_based(taste.profile, features.vectors),
        "graph_based": scoring.graph_based(preferences, features.traits, size),
        "context": scoring.context(preferences, features.decades),
        "lora_boost": scoring.lora_boost(preferences, size),
    }
    columns = [scoring.combine(components), *(components[name] for name in COMPONENTS)]
    return np.round(np.column_stack(columns), _DECIMALS)
