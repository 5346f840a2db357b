"""How much an event says that a person likes a title, from 0 to 1. Training and scoring read events by this one rule.

    by stars        0.1 + 0.9 · (stars − 2) / 3      2 stars or fewer: 0.1; 3: 0.4; 4: 0.7; 5: 1
    by completion   0.1 + 0.6 · (c − 0.2) / 0.7      where there are no stars; abandoned: 0.1; seen to the end: 0.7
    + 0.2 for watching it again, at most 1           0 for a dismissal, whatever else it says

A title that was met and disliked still counts a little: people meet what is near their taste. Of six rules that were
tried on ratings (likes alone, stars in proportion, this one, squares, steps, stars about their mean) this one was best.
"""

import numpy as np
from numpy.typing import NDArray

LEAST = 0.1
LIKED = 0.7
"""From here on a title counts as liked: four stars, or seen to the end."""
_BY_COMPLETION = LIKED - LEAST
_REWATCH = 0.2

Floats = NDArray[np.float64]


def liking(stars: Floats, completion: Floats, rewatched: NDArray[np.bool_], dismissed: NDArray[np.bool_]) -> Floats:
    """Of m events: stars from 0.5 to 5 or 0 for none, completion from 0 to 1; `[m]`."""
    by_stars = LEAST + (1 - LEAST) * np.clip((stars - 2) / 3, 0, 1)
    by_completion = LEAST + _BY_COMPLETION * np.clip((completion - 0.2) / 0.7, 0, 1)
    liked = np.where(stars > 0, by_stars, by_completion)
    liked = np.minimum(liked + np.where(rewatched, _REWATCH, 0), 1)
    return np.where(dismissed, 0.0, liked)
