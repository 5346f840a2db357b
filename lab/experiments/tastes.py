"""What titles are to people, from their real ratings: those that they gave later and that nobody's model has seen.

The probabilities are chosen, not measured: what people really click is not in ratings. They decide how large an effect
is, and not whether the statistics find the effect that there is. They are such that one search in three gets a click.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lab.experiments.clicks import Appeal
from lab.experiments.recording import Recording
from lab.ranking.ratings import Person


class Kind(NamedTuple):
    """What a title is to a person: probabilities as in `Appeal`."""

    click: float
    stop: float
    play: float
    complete: float


LIKED = Kind(0.80, 0.90, 0.85, 0.85)
"""Rated four stars or more later."""
PASSABLE = Kind(0.35, 0.60, 0.60, 0.60)
DISLIKED = Kind(0.05, 0.20, 0.30, 0.20)
"""Rated fewer than three stars later."""
UNRATED = Kind(0.12, 0.50, 0.50, 0.50)
"""Never rated, and never by anybody; what everybody rated is clicked `POPULAR` more often."""
POPULAR = 0.50
"""Added to the click on an unrated title that everybody has rated; in proportion to how many have."""
SEEN = Kind(0.10, 0.50, 0.50, 0.50)
"""Rated before: now and then somebody watches a film again."""
_GOOD, _FAIR = 4.0, 3.0
"""Stars."""


def appeal_of(people: Sequence[Person], recording: Recording) -> Appeal:
    """The appeal of every recorded page, `[p, q, v, ranks]`; a rank without a result attracts nobody."""
    kinds = titles(people, recording.ids)
    nothing = np.zeros((len(people), 1, kinds.shape[2]))
    padded = np.concatenate([kinds, nothing], axis=1)  # the place −1, of no result, is this one
    rows = np.arange(len(people))[:, None, None, None]
    found = padded[rows, recording.pages]
    return Appeal(*(np.ascontiguousarray(found[..., part]) for part in range(4)))


def titles(people: Sequence[Person], ids: Sequence[str]) -> NDArray[np.float64]:
    """`[people, ids, 4]`: the `Kind` of every title to everybody."""
    place = {content_id: number for number, content_id in enumerate(ids)}
    fame = popularity(people, ids)
    kinds = np.tile(np.array(UNRATED), (len(people), len(ids), 1))
    kinds[:, :, 0] += POPULAR * fame
    for row, person in zip(kinds, people, strict=True):
        for rating in person.known:
            if (at := place.get(rating.content_id)) is not None:
                row[at] = SEEN
        for content_id, stars in person.later.items():
            if (at := place.get(content_id)) is not None:
                row[at] = LIKED if stars >= _GOOD else PASSABLE if stars >= _FAIR else DISLIKED
    return kinds


def popularity(people: Sequence[Person], ids: Sequence[str]) -> NDArray[np.float64]:
    """`[ids]`: the share of the people who rated each title, at any time."""
    rated = Counter(rating.content_id for person in people for rating in person.known)
    rated.update(content_id for person in people for content_id in person.later)
    return np.array([rated[content_id] / len(people) for content_id in ids])
