"""What a group of people says of a mean or a ratio: the value, and how much each person sways it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sample:
    """An estimate from independent people."""

    value: float
    influence: Floats
    """[n] Of each person on the value, in its unit; their mean is 0 (the empirical influence function)."""

    @property
    def people(self) -> int:
        """How many."""
        return len(self.influence)

    @cached_property
    def variance(self) -> float:
        """Of the value: that of the influences, divided by n."""
        return float(self.influence.var(ddof=1)) / self.people


def sample_mean(values: Floats) -> Sample:
    """The mean of one value for each of two people or more."""
    value = float(values.mean())
    return Sample(value, values - value)


def sample_ratio(numerators: Floats, denominators: Floats) -> Sample:
    """The ratio of two sums over the same two people or more, such as searches clicked over searches.

    A person has many searches, which are alike; so people are counted, not searches. The ratio R of the means is
    linearized (delta method): each person sways it by (numerator − R · denominator) / mean denominator. Deng, Knoblich
    and Lu, "Applying the Delta Method in Metric Analytics", KDD 2018, section 2.

    Raises:
        ValueError: the denominators sum to 0.
    """
    mean = float(denominators.mean())
    if mean == 0:
        raise ValueError("the denominators of a ratio sum to 0")
    value = float(numerators.mean()) / mean
    return Sample(value, (numerators - value * denominators) / mean)
