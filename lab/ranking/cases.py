"""Cases: a person and a theme that finds something which they went on to like.

What they rated before is left out: that they are shown it again says nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lab.ranking.measures import Floats, ndcg
from lab.ranking.ratings import Person
from lab.ranking.themes import Window

Liking = Callable[[int], Floats]
"""By person's place: how much they like each title of `Cases.ids`."""


@dataclass(frozen=True, eq=False)
class Case:
    """A person and a theme."""

    person: int
    """Place among the people."""
    window: int
    """Place among the windows."""
    fresh: NDArray[np.bool_]
    """`[n]`: the candidates that the person had not rated."""
    good: NDArray[np.bool_]
    """`[n]`: those of them that they liked later; at least one."""


@dataclass(frozen=True, eq=False)
class Cases:
    """All cases of some people and windows, person by person."""

    windows: Sequence[Window]
    cases: Sequence[Case]
    ids: Sequence[str]
    """Of all candidates, each once."""
    places: Sequence[NDArray[np.intp]]
    """By window, `[n]`: places of the candidates among `ids`."""

    @classmethod
    def of(cls, people: Sequence[Person], windows: Sequence[Window]) -> "Cases":
        """The cases, of each person those of all windows in their order."""
        ids = sorted({content_id for one in windows for content_id in one.ids})
        place = {content_id: number for number, content_id in enumerate(ids)}
        places = [np.array([place[content_id] for content_id in one.ids], dtype=np.intp) for one in windows]
        return cls(windows, list(_cases(people, windows)), ids, places)

    @property
    def people(self) -> NDArray[np.intp]:
        """`[cases]`: whose each is."""
        return np.array([case.person for case in self.cases], dtype=np.intp)

    def liked(self, liking: Liking) -> Iterator[tuple[Case, Floats]]:
        """Each case and how much the person likes each of the candidates; a person is asked for once."""
        person, likings = -1, np.empty(0)
        for case in self.cases:
            if case.person != person:
                person, likings = case.person, liking(case.person)
            yield case, likings[self.places[case.window]]

    def ndcg(self, liking: Liking) -> Floats:
        """`[cases]`: NDCG@10 where liking alone orders; equals stay in the order of relevance."""
        return np.array([_alone(case, likings) for case, likings in self.liked(liking)])


def _cases(people: Sequence[Person], windows: Sequence[Window]) -> Iterator[Case]:
    for number, person in enumerate(people):
        met = {rating.content_id for rating in person.known}
        for place, one in enumerate(windows):
            fresh = np.array([content_id not in met for content_id in one.ids], dtype=np.bool_)
            good = fresh & [content_id in person.held_out for content_id in one.ids]
            if good.any():
                yield Case(number, place, fresh, good)


def _alone(case: Case, likings: Floats) -> float:
    order = np.argsort(-likings[case.fresh], kind="stable")
    return ndcg(case.good[case.fresh][order])
