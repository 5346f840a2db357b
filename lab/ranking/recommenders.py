"""What the engine is compared with, each over the same titles and people.

A recommender learns from histories and then tells, of any history, how much that person likes each candidate. All but
the engine learn from likes alone (0.7 and more), as their papers have it.
"""

import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from implicit.als import AlternatingLeastSquares
from implicit.nearest_neighbours import CosineRecommender
from implicit.utils import ParameterWarning
from numpy.typing import NDArray
from scipy.sparse import csr_array, csr_matrix

from discovery.catalogue.bundle import Catalogue
from lab.ranking.measures import Floats
from sona.history import History
from sona.liking import LIKED
from sona.model.titles import Titles, keys_of
from sona.profile import NOBODY, Profile
from sona.scoring import likings_of, score, taste_of
from sona.training.ease import ease
from sona.training.trainer import train

NEIGHBOURS = 200
REGULARIZATION = 200.0
FACTORS, ALS_REGULARIZATION, ALPHA, ITERATIONS, SEED = 16, 10.0, 5.0, 15, 1
"""The best of those tried on these very cases, as are neighbours and λ above: in favour of what is compared with."""

Recommender = Callable[[History], Floats]
"""Likings of the candidates, `[m]`."""
Learner = Callable[[Sequence[History]], Recommender]


@dataclass(frozen=True, eq=False)
class Candidates:
    """The titles that are to be ordered, of a catalogue."""

    catalogue: Catalogue
    titles: Titles
    rows: NDArray[np.intp]
    """`[m]`: of the candidates, in the order of the keys."""

    @classmethod
    def of(cls, catalogue: Catalogue, content_ids: Sequence[str]) -> "Candidates":
        """The candidates of these ids."""
        titles = Titles.of(catalogue.ids)
        return cls(catalogue, titles, titles.rows_of_keys(keys_of(content_ids)))

    def likes(self, histories: Sequence[History]) -> csr_matrix:
        """`[people, titles]`: 1 where somebody liked a title."""
        rows = [self._liked(history) for history in histories]
        people = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        liked = np.concatenate([*rows, np.empty(0, dtype=np.intp)])
        return csr_matrix((np.ones(len(liked)), (people, liked)), shape=(len(rows), len(self.titles.keys)))

    def _liked(self, history: History) -> NDArray[np.intp]:
        rows = self.titles.rows_of_keys(history.keys)
        return rows[(rows >= 0) & (likings_of(history) >= LIKED)]


def popularity(candidates: Candidates) -> Learner:
    """How many people liked a title."""

    def learn(histories: Sequence[History]) -> Recommender:
        counts = np.asarray(candidates.likes(histories).sum(axis=0), dtype=np.float64).ravel()[candidates.rows]
        return lambda _: counts

    return learn


def item_neighbours(candidates: Candidates) -> Learner:
    """Item-based nearest neighbours: the sum of the cosines with what is liked (Sarwar et al. 2001), by `implicit`."""

    def learn(histories: Sequence[History]) -> Recommender:
        recommender = CosineRecommender(K=NEIGHBOURS)
        with warnings.catch_warnings():  # it weights the matrix in another format, and warns itself of that
            warnings.simplefilter("ignore", ParameterWarning)
            recommender.fit(candidates.likes(histories), show_progress=False)
        similar = csr_array(recommender.similarity)[:, candidates.rows]
        return lambda history: np.asarray((csr_array(candidates.likes([history])) @ similar).toarray()[0])

    return learn


def plain_ease(candidates: Candidates) -> Learner:
    """EASE of likes (Steck 2019), without the engine's gradations and other parts."""

    def learn(histories: Sequence[History]) -> Recommender:
        likes = candidates.likes(histories)
        met = np.unique(likes.indices)
        weights = np.zeros((len(candidates.titles.keys), len(candidates.rows)))
        known = np.flatnonzero(np.isin(candidates.rows, met))
        learned = ease(csr_array(likes[:, met]), REGULARIZATION)
        weights[np.ix_(met, known)] = learned[:, np.searchsorted(met, candidates.rows[known])]
        return lambda history: np.asarray(candidates.likes([history]) @ weights)[0]

    return learn


def factors(candidates: Candidates) -> Learner:
    """Matrix factorization by alternating least squares (Hu, Koren & Volinsky 2008), by `implicit`."""

    def learn(histories: Sequence[History]) -> Recommender:
        with warnings.catch_warnings():  # of threads, which so few people don't need
            warnings.simplefilter("ignore", RuntimeWarning)
            recommender = AlternatingLeastSquares(
                factors=FACTORS,
                regularization=ALS_REGULARIZATION,
                alpha=ALPHA,
                iterations=ITERATIONS,
                num_threads=1,
                random_state=SEED,
            )
            recommender.fit(candidates.likes(histories), show_progress=False)
        items = np.asarray(recommender.item_factors)[candidates.rows]

        def likings(history: History) -> Floats:
            person = np.asarray(recommender.recalculate_user(0, candidates.likes([history])))
            return (items @ person.ravel()).astype(np.float64)

        return likings

    return learn


def engine(candidates: Candidates) -> Learner:
    """The engine of this project, trained as `discovery sona train` does it."""

    def learn(histories: Sequence[History]) -> Recommender:
        with tempfile.TemporaryDirectory() as folder:
            model = train(histories, candidates.catalogue, Path(folder) / "model").model  # mapped files outlive it

        def likings(history: History) -> Floats:
            profile = Profile(1, history) if len(history) else NOBODY
            return score(taste_of(profile, model), model, candidates.rows).scores

        return likings

    return learn


LEARNERS: dict[str, Callable[[Candidates], Learner]] = {
    "popularity": popularity,
    "itemKNN": item_neighbours,
    "ALS": factors,
    "EASE": plain_ease,
    "SONA": engine,
}
