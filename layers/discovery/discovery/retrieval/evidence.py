"""Relevance: a weighted sum of evidence, in proportion to the best of what was found. Arrays in, arrays out.

    relevance(d) = Σ_i  w_i · e_i(d)  /  max over d' of Σ_i w_i · e_i(d')            e_i in [0, 1]; 0 without evidence

Unlike a fusion of ranks, it knows how much better the first is than the second.
"""

import functools
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

_NOTHING = 1e-9
"""A sum below it is none: what would be in proportion to it would be noise."""


def parts_of_relevance(evidence: Mapping[str, Values], weights: Mapping[str, float]) -> dict[str, Values]:
    """What each kind of evidence, `[n]`, adds to relevance, `[n]`; the greatest sum is 1, never more."""
    weighted = {kind: values * weights[kind] for kind, values in evidence.items()}
    best = float(sum_of_parts(weighted).max(initial=0.0))
    if best < _NOTHING:
        return weighted
    scale = 1 / best
    parts = _scaled(weighted, scale)
    while sum_of_parts(parts).max() > 1:
        scale = float(np.nextafter(scale, 0))
        parts = _scaled(weighted, scale)
    return parts


def sum_of_parts(parts: Mapping[str, Values]) -> Values:
    """Relevance, `[n]`: the parts one after the other, so that whoever adds them up in their order gets the same."""
    return functools.reduce(np.add, parts.values())


def spread(values: Values, places: NDArray[np.intp], count: int, *, default: float = 0.0) -> Values:
    """Values of some places as those of all `count` places."""
    whole = np.full(count, default) if default else np.zeros(count)
    whole[places] = values
    return whole


def _scaled(parts: Mapping[str, Values], scale: float) -> dict[str, Values]:
    return {kind: values * scale for kind, values in parts.items()}
