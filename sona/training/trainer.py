"""A model from histories and a catalogue: λ by held-out likes, then everything once more on all of them."""

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from discovery.catalogue.bundle import Catalogue
from sona.history import History
from sona.liking import LIKED
from sona.model.manifest import ModelManifest
from sona.model.model import Arrays, Model, write_model
from sona.model.names import Names
from sona.model.titles import Titles
from sona.scoring import likings_of
from sona.training.content import content_vectors, genre_vectors
from sona.training.ease import MOST_TITLES
from sona.training.evaluation import Outcome, evaluate, split
from sona.training.interactions import Interactions
from sona.training.popularity import popularity
from sona.training.weights import item_weights

REGULARIZATIONS = (40.0, 120.0, 360.0)
"""λ, of which held-out likes choose; the middle one where nothing can be held out, or training takes long."""
FEWEST_CASES = 10
_HALF = 2.0
"""The evidence at which a score is 0.5, in medians of the evidence of what people liked later."""
_USUAL_MEDIAN = 0.2
"""Of the ratings of 305 people."""

Progress = Callable[[str, int, int], None]
"""Told of a step, how much of it is done, and how much there is."""


@dataclass(frozen=True, eq=False)
class Trained:
    """A model, and what choosing it showed."""

    model: Model
    outcomes: Mapping[float, Outcome]
    """By λ; empty where there were too few people to hold anything out."""
    interactions: Interactions


def train(
    histories: Sequence[History],
    catalogue: Catalogue,
    out: Path,
    *,
    seed: int = 0,
    regularizations: Sequence[float] = REGULARIZATIONS,
    most_cases: int = 500,
    progress: Progress = lambda *_: None,
) -> Trained:
    """Train on histories and write the model into the folder `out`, in place of what is there.

    The same histories in the same order, catalogue and seed give the same model, byte for byte. `regularizations` are
    the λ to choose from, `most_cases` the people whose later likes are held out at most.
    """
    subject = _Subject.of(catalogue)
    cases = split(list(histories), lambda history: likings_of(history) >= LIKED, most_cases, seed)
    outcomes: dict[float, Outcome] = {}
    if len(cases) >= FEWEST_CASES:
        kept = [cases[place].known if place in cases else history for place, history in enumerate(histories)]
        known = _Known.of(kept, subject)
        for regularization in _choices(known, regularizations):
            described = _described(known, subject, regularization, seed)
            arrays = _arrays(known, subject, regularization, progress)
            trained = Model("", ModelManifest(**described, checksums={}), arrays)
            done = _counted(progress, f"evaluating λ = {regularization:g}", len(cases))
            outcome = evaluate(trained, list(cases.values()), done)
            if outcome is not None:
                outcomes[regularization] = outcome
    regularization = max(outcomes, key=lambda choice: outcomes[choice].ndcg, default=_middle(regularizations))
    known = _Known.of(histories, subject)
    described = _described(known, subject, regularization, seed)
    if chosen := outcomes.get(regularization):
        figures = {"ndcg@10": chosen.ndcg, "popularity_ndcg@10": chosen.popularity_ndcg, "people": float(len(cases))}
        described |= {"half": _HALF * float(np.median(chosen.evidence)), "figures": figures}
    arrays = _arrays(known, subject, regularization, progress)
    shutil.rmtree(out, ignore_errors=True)
    return Trained(write_model(out, arrays, described), outcomes, known.interactions)


@dataclass(frozen=True, eq=False)
class _Subject:
    """What a catalogue gives to a model, whoever likes what."""

    titles: Titles
    catalogue: str
    arrays: Mapping[str, Any]

    @classmethod
    def of(cls, catalogue: Catalogue) -> "_Subject":
        titles = Titles.of(catalogue.ids)
        contents = catalogue.contents(titles.catalogue_rows.tolist())
        vectors = content_vectors(catalogue.vectors[np.arange(catalogue.size)])[titles.catalogue_rows]
        genres, of_genres = genre_vectors(contents, vectors)
        ids = Names.joined([content.id for content in contents])
        names = Names.joined([content.title for content in contents])
        named = Names.joined(genres)
        arrays = {
            "keys": titles.keys,
            "years": np.array([content.release_year or 0 for content in contents], dtype=np.int16),
            "vectors": vectors,
            "genre_vectors": of_genres,
            **{"ids": ids.text, "id_ends": ids.ends, "titles": names.text, "title_ends": names.ends},
            **{"genres": named.text, "genre_ends": named.ends},
        }
        return cls(titles, catalogue.bundle, arrays)


@dataclass(frozen=True, eq=False)
class _Known:
    """What histories give to a model, whichever λ."""

    interactions: Interactions
    data: str
    met: int
    """How many titles anybody met."""
    first_year: int
    popularity: NDArray[np.float16]

    @classmethod
    def of(cls, histories: Sequence[History], subject: _Subject) -> "_Known":
        interactions = Interactions.of(histories, subject.titles)
        data = hashlib.sha256(b"".join(history.encode() for history in histories)).hexdigest()
        return cls(interactions, data, len(np.unique(interactions.rows)), *popularity(interactions))


def _choices(known: _Known, regularizations: Sequence[float]) -> Sequence[float]:
    return regularizations if known.met <= MOST_TITLES else [_middle(regularizations)]


def _middle(regularizations: Sequence[float]) -> float:
    return sorted(regularizations)[len(regularizations) // 2]


def _arrays(known: _Known, subject: _Subject, regularization: float, progress: Progress) -> Arrays:
    done = _counted(progress, f"weights, λ = {regularization:g}", known.met)
    weights = item_weights(known.interactions.matrix(), regularization, progress=done)
    learned: dict[str, Any] = {"place": weights.place, "neighbours": weights.neighbours, "weights": weights.weights}
    return Arrays(**subject.arrays, **learned, popularity=known.popularity)


def _described(known: _Known, subject: _Subject, regularization: float, seed: int) -> dict[str, Any]:
    interactions = known.interactions
    return {
        "catalogue": subject.catalogue,
        "data": known.data,
        "titles": len(subject.titles.keys),
        "people": interactions.count,
        "events": len(interactions),
        "events_until": int(interactions.at.max()) if len(interactions) else 0,
        "first_year": known.first_year,
        "solver": "ease" if known.met <= MOST_TITLES else "ridge",
        "regularization": regularization,
        "seed": seed,
        "half": _HALF * _USUAL_MEDIAN,
        "figures": {},
    }


def _counted(progress: Progress, step: str, total: int) -> Callable[[int], None]:
    done = 0

    def more(count: int) -> None:
        nonlocal done
        done += count
        progress(step, done, total)

    return more
