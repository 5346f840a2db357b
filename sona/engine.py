"""What the engine does: score, learn of events, forget, recommend, and find what is similar."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from discovery.privacy.hashing import user_hash
from discovery.sona.contract import Named, ViewingEvent
from sona.errors import StoreUnavailable
from sona.history import History
from sona.mmr import diversified
from sona.model.model import Model
from sona.scoring import PARTS, Taste, because, score, taste_of
from sona.similarity import similar_to
from sona.store.port import ProfileStore

logger = logging.getLogger(__name__)

_ATTEMPTS = 20
"""Of one update, while others update the same person."""
_CHOSEN_AMONG = 10
"""Diversity chooses among so many times as many titles as are wanted."""


@dataclass(frozen=True)
class Scored:
    """How much a person likes a title, and why."""

    content_id: str
    score: float
    parts: dict[str, float]
    title: str = ""
    """Empty where somebody asked for the score of an id, and so knows it."""
    because: tuple[Named, ...] = ()
    """What they liked that says most for it; empty where nobody asked why."""


@dataclass(frozen=True)
class Updated:
    """What came of an update."""

    accepted: int
    version: int


class Engine:
    """Scores by the model in `model`, which may be replaced at any moment: each call reads it once."""

    def __init__(self, model: Model, store: ProfileStore, *, user_key: bytes) -> None:
        self.model = model
        self.changes = 0
        """How many times this engine changed a profile."""
        self._store = store
        self._user_key = user_key

    def scores(self, user_id: str, content_ids: Sequence[str], *, explain: bool = False) -> list[Scored]:
        """The scores of the titles that the model has, in the order asked; a newcomer gets what is popular."""
        model = self.model
        found = model.rows(content_ids)
        asked = [content_id for content_id, row in zip(content_ids, found.tolist(), strict=True) if row >= 0]
        rows, taste = found[found >= 0], self._taste(model, user_id)
        scored = _scored(model, taste, rows, asked)
        return _explained(model, taste, rows, scored) if explain else scored

    def update(self, user_id: str, events: Sequence[ViewingEvent], genres: Sequence[str] | None = None) -> Updated:
        """Add events to a person's history; those of titles that the model lacks are not accepted.

        The same events again change nothing.

        Raises:
            StoreUnavailable: nothing is known to be stored; sending the same again is safe.
        """
        model = self.model
        known = model.rows([event.content_id for event in events]) >= 0
        accepted = [event for event, is_known in zip(events, known, strict=True) if is_known]
        if len(accepted) < len(events):
            logger.warning("%d events of unknown titles ignored", len(events) - len(accepted))
        history, chosen = History.of(accepted), None if genres is None else tuple(genres)
        user = self._hash(user_id)
        for _ in range(_ATTEMPTS):
            before = self._store.read(user)
            after = before.merged(history, chosen)
            if after is before:
                return Updated(len(accepted), after.version)
            if self._store.write(user, after):
                self.changes += 1
                return Updated(len(accepted), after.version)
        raise StoreUnavailable(f"others changed the same profile {_ATTEMPTS} times meanwhile")

    def erase(self, user_id: str) -> bool:
        """Forget a person; whether there was anything to forget."""
        return self._store.erase(self._hash(user_id))

    def recommendations(
        self, user_id: str, count: int, *, without: Collection[str] = (), diversity: float = 0.0
    ) -> list[Scored]:
        """The titles that a person likes most of those that they have not met."""
        model = self.model
        taste = self._taste(model, user_id)
        left_out = _among(model, without)
        left_out[taste.rows] = True
        fresh = np.flatnonzero(~left_out)
        scores = score(taste, model, fresh).scores
        chosen = _diverse(model, fresh, scores, count, diversity)
        scored = _scored(model, taste, chosen, model.ids.of(chosen))
        return _explained(model, taste, chosen, scored)

    def similar(
        self, content_id: str, count: int, *, without: Collection[str] = (), diversity: float = 0.0
    ) -> list[Scored] | None:
        """The titles that are most like one; None where the model does not have it."""
        model = self.model
        row = int(model.rows([content_id])[0])
        if row < 0:
            return None
        parts = similar_to(model, row)
        rows = np.flatnonzero(~_among(model, {*without, content_id}))
        similarity = sum(parts.values(), np.zeros(model.size))
        return [
            Scored(
                content_id=model.ids[at],
                score=float(similarity[at]),
                parts={name: float(part[at]) for name, part in parts.items()},
                title=model.titles[at],
            )
            for at in _diverse(model, rows, similarity[rows], count, diversity).tolist()
        ]

    def _taste(self, model: Model, user_id: str) -> Taste:
        return taste_of(self._store.read(self._hash(user_id)), model)

    def _hash(self, user_id: str) -> str:
        return user_hash(user_id, self._user_key)


def _scored(model: Model, taste: Taste, rows: NDArray[np.intp], content_ids: Sequence[str]) -> list[Scored]:
    found = score(taste, model, rows)
    return [
        Scored(content_id, value, dict(zip(PARTS, parts, strict=True)))
        for content_id, value, parts in zip(content_ids, found.scores.tolist(), found.parts.tolist(), strict=True)
    ]


def _explained(model: Model, taste: Taste, rows: NDArray[np.intp], scored: Sequence[Scored]) -> list[Scored]:
    """The same, with their titles and what was liked that says most for them."""
    explained = []
    for row, one in zip(rows.tolist(), scored, strict=True):
        whys = because(taste, model, row)
        named = tuple(Named(model.ids[why], model.titles[why]) for why in whys)
        explained.append(replace(one, title=model.titles[row], because=named))
    return explained


def _among(model: Model, content_ids: Collection[str]) -> NDArray[np.bool_]:
    """Whether each title is one of these, `[n]`."""
    is_one = np.zeros(model.size, dtype=np.bool_)
    found = model.rows(list(content_ids))
    is_one[found[found >= 0]] = True
    return is_one


def _diverse(
    model: Model, rows: NDArray[np.intp], scores: NDArray[np.float64], count: int, diversity: float
) -> NDArray[np.intp]:
    """The rows of the best, chosen for diversity among ten times as many."""
    best = np.argsort(-scores, kind="stable")[: count * _CHOSEN_AMONG]
    vectors = model.arrays.vectors[rows[best]].astype(np.float32) / np.float32(127)
    return rows[best][diversified(scores[best], vectors, count, diversity)]
