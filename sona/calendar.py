"""Years of moments, in UTC: popularity is kept by year."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def years_of(moments: NDArray[Any]) -> NDArray[np.int64]:
    """The years of moments in Unix seconds."""
    years: NDArray[np.int64] = moments.astype("datetime64[s]").astype("datetime64[Y]").astype(np.int64) + 1970
    return years


def year_of(moment: int) -> int:
    """The year of one moment in Unix seconds."""
    return int(years_of(np.array([moment], dtype=np.int64))[0])
