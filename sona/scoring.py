"""From preferences to scores: pure functions over arrays, each component in [0, 1] for all n titles at once.

    score = 0.25 · collaborative + 0.40 · content_based + 0.20 · graph_based + 0.10 · context + 0.05 · lora_boost

- content_based: cosine of the user's profile and the title, spread by `contrast`.
- collaborative: what users of a similar profile think of the title, or of the nearest they met, spread by `contrast`.
- graph_based: how many of the title's genres and people the user likes, spread by `contrast`.
- context: how much the user likes the title's decade and the decades around it.
- lora_boost: what the user thinks of this very title.

0.5 is neutral in every component: there is no evidence, or the title is average for this user.
"""

from collections.abc import Iterable

import numpy as np

from discovery.catalogue.embeddings import Vector
from sona.features import CAST_WEIGHT, GENRE_WEIGHT, Traits
from sona.profile import Floats, Preferences

WEIGHTS = {"collaborative": 0.25, "content_based": 0.40, "graph_based": 0.20, "context": 0.10, "lora_boost": 0.05}
SIMILARITY_PRIOR = 0.5
"""The similarity at which a neighbourhood counts by half, so that one faint resemblance decides nothing."""
_NEUTRAL = 0.5
_NEXT_DECADE = 0.5


def contrast(values: Floats) -> Floats:
    """Spread values over [0, 1]: the logistic function of their z-scores; 0.5 where they are all equal.

    The raw cosines of one user differ by a few hundredths, which would not matter in a blend.
    """
    deviation = values.std()
    if deviation < 1e-9:  # noqa: PLR2004 - a rounding error
        return np.full_like(values, _NEUTRAL)
    spread: Floats = 1 / (1 + np.exp(-(values - values.mean()) / deviation))
    return spread


def content_based(profile: Vector, vectors: Vector) -> Floats:
    """How near each title is to the profile."""
    return contrast((vectors @ profile).astype(np.float64))


def liking(preferences: Preferences, vectors: Vector) -> Floats:
    """What a user would think of each title, −1 to 1: their preference for the nearest they met, times the cosine.

    For a title they met, that is their preference for it.
    """
    if not len(preferences.rows):
        return np.zeros(len(vectors))
    cosines = vectors @ vectors[preferences.rows].T
    nearest = cosines.argmax(axis=1)
    closeness = np.clip(cosines[np.arange(len(vectors)), nearest], 0, 1).astype(np.float64)
    likings: Floats = closeness * preferences.faded[nearest]
    return likings


def collaborative(profile: Vector, others: Iterable[tuple[Vector, Floats]], size: int) -> Floats:
    """The mean liking of other users, weighted by the cosine of their profile and this one; opposed users don't count.

    Spread by `contrast`, then drawn back to 0.5 the less all neighbours together resemble this user.
    """
    summed = np.zeros(size)
    total = 0.0
    for other_profile, other_liking in others:
        similarity = float(profile @ other_profile)
        if similarity > 0:
            summed += similarity * other_liking
            total += similarity
    trust = total / (total + SIMILARITY_PRIOR)
    scores: Floats = _NEUTRAL + trust * (contrast(summed) - _NEUTRAL)
    return scores


def graph_based(preferences: Preferences, traits: Traits, size: int) -> Floats:
    """The share of each title's genres and people that the user likes; those they dislike count against it.

    A weighted Jaccard index with the title's traits alone in the denominator (Tversky 1977, "Features of similarity",
    alpha = 1, beta = 0): a wide taste must not count against a title.
    """
    per_title = np.zeros(size)
    per_title[preferences.rows] = preferences.faded
    count = len(traits.is_genre)
    affinity = np.bincount(traits.traits, weights=per_title[traits.rows], minlength=count)
    for kind in (traits.is_genre, ~traits.is_genre):
        affinity[kind] = _scaled(affinity[kind])
    weight = np.where(traits.is_genre, GENRE_WEIGHT, CAST_WEIGHT)[traits.traits]
    liked = np.bincount(traits.rows, weights=weight * affinity[traits.traits], minlength=size)
    all_of_it = np.bincount(traits.rows, weights=weight, minlength=size)
    return contrast(np.divide(liked, all_of_it, out=np.zeros(size), where=all_of_it > 0))


def context(preferences: Preferences, decades: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Floats:
    """How much the user likes each title's decade; a liking spills over into the decades before and after by half."""
    scores = np.full(len(decades), _NEUTRAL)
    met = decades[preferences.rows]
    dated = met >= 0
    if not dated.any():
        return scores
    counts = np.bincount(met[dated], weights=preferences.faded[dated], minlength=int(decades.max()) + 1)
    affinity = _scaled(np.convolve(counts, [_NEXT_DECADE, 1, _NEXT_DECADE])[1:-1])
    known = decades >= 0
    scores[known] = 0.5 + 0.5 * affinity[decades[known]]
    return scores


def lora_boost(preferences: Preferences, size: int) -> Floats:
    """What the user's last event on this very title says; named after the small per-user adapter of the real engine."""
    scores = np.full(size, _NEUTRAL)
    scores[preferences.rows] += 0.5 * preferences.latest
    return scores


def combine(components: dict[str, Floats]) -> Floats:
    """The fixed weighted sum of all components."""
    total: Floats = sum((WEIGHTS[name] * components[name] for name in WEIGHTS), start=np.zeros(1))
    return np.clip(total, 0, 1)


def _scaled(values: Floats) -> Floats:
    """Divide by the largest magnitude: −1 to 1."""
    largest = np.abs(values).max(initial=0)
    return values / largest if largest > 0 else values
