"""What was liked when: the likings around the middle of each year, those of other years fading with the distance.

    popularity(y, i) = log(1 + Σ liking · ½^(|t − y| / 2 years)) / its maximum of the year, or that of 100 likings

Log because the first ten people say more than the next ten. Against all likings alike, NDCG@10 of held-out likes of
people without a history is .380 instead of .315, at the time of each.
"""

import numpy as np
from numpy.typing import NDArray

from sona.calendar import years_of
from sona.training.interactions import Interactions

_HALF_LIFE_YEARS = 2.0
_SECONDS_A_YEAR = 365.2425 * 86_400
_FEW = 100
"""Likings: where nothing has more, little is known of what is popular, and it counts less."""
MOST_YEARS = 40
"""Older ones are left out: nobody's newest event is there."""


def popularity(interactions: Interactions) -> tuple[int, NDArray[np.float16]]:
    """The first year, and `[years, n]`, in [0, 1]; one year of zeros where there is nothing."""
    if not len(interactions):
        return 1970, np.zeros((1, interactions.titles), dtype=np.float16)
    years = years_of(interactions.at)
    last = int(years.max())
    first = max(int(years.min()), last - MOST_YEARS + 1)
    moments = 1970 + interactions.at / _SECONDS_A_YEAR
    table = np.zeros((last - first + 1, interactions.titles))
    for place in range(len(table)):
        faded = 0.5 ** (np.abs(moments - (first + place + 0.5)) / _HALF_LIFE_YEARS)
        table[place] = np.bincount(interactions.rows, interactions.liking * faded, minlength=interactions.titles)
    table = np.log1p(table)
    largest = np.maximum(table.max(axis=1, keepdims=True), np.log1p(_FEW))
    return first, (table / largest).astype(np.float16)
