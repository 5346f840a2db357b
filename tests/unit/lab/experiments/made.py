"""A small world: three people, two queries, and two weights of which the second puts what is liked first."""

import numpy as np

from lab.experiments.recording import Recording
from lab.experiments.world import World
from lab.ranking.ratings import Person, Rating

IDS = tuple(f"title-{number}" for number in range(6))
PEOPLE = [
    Person("ana", [Rating(1, IDS[0], 5.0)], frozenset({IDS[5]}), {IDS[5]: 5.0, IDS[4]: 1.0}),
    Person("ben", [], frozenset({IDS[4]}), {IDS[4]: 4.0, IDS[1]: 3.0}),
    Person("cem", [], frozenset({IDS[3]}), {IDS[3]: 4.5}),
]
_POOR, _GOOD = [0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0]


def a_recording(variants: tuple[str, ...] = ("control", "medium_boost")) -> Recording:
    """The first variant shows what is liked last, all others show it first; every page lacks two results of eight."""
    pages = np.full((len(PEOPLE), 2, len(variants), 8), -1, dtype=np.int32)
    pages[:, :, 0, :6] = _POOR
    pages[:, :, 1:, :6] = _GOOD
    shape = pages.shape[:3]
    return Recording(
        people=tuple(person.name for person in PEOPLE),
        queries=("space", "western"),
        variants=variants,
        weights=np.linspace(0, 0.6, len(variants)),
        ids=IDS,
        pages=pages,
        milliseconds=np.full(shape, 7.0, dtype=np.float32),
        personalized=np.ones(shape, dtype=np.bool_),
        search_ids=np.full(shape, "0" * 32),
    )


def a_world(variants: tuple[str, ...] = ("control", "medium_boost")) -> World:
    """The world of that recording."""
    return World.of(PEOPLE, a_recording(variants))
