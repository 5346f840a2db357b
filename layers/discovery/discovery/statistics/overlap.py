"""Rank-biased overlap, extrapolated: the similarity of two rankings, in which the first places count most.

    RBO_ext(a, b, p) = (1 − p)/p · Σ_{d=1…n} A_d · p^d  +  A_n · p^n        A_d = |a[:d] ∩ b[:d]| / d, in [0, 1]

Webber, Moffat and Zobel, "A Similarity Measure for Indefinite Rankings", TOIS 28(4), 2010: what equation 32 comes to
for rankings of equal length. p is how likely a reader is to go on from one place to the next: at 0.9 the first ten
places have 86 % of the weight.
"""

from collections.abc import Hashable, Sequence

PERSISTENCE = 0.9


def rank_biased_overlap(a: Sequence[Hashable], b: Sequence[Hashable], *, p: float = PERSISTENCE) -> float:
    """RBO_ext of two rankings without repeats, best first, p in (0, 1); 1 where there is nothing to rank.

    Raises:
        ValueError: the rankings differ in length.
    """
    seen: set[Hashable] = set()
    common = 0
    # Summed as 1 − disagreement, which is the same: equal rankings are then exactly 1, however the sum is rounded.
    distance, weight, disagreement = 0.0, 1.0, 0.0
    for depth, pair in enumerate(zip(a, b, strict=True), start=1):
        common += 1 if pair[0] == pair[1] else (pair[0] in seen) + (pair[1] in seen)
        seen.update(pair)
        disagreement = 1 - common / depth
        distance += (1 - p) * weight * disagreement
        weight *= p
    return max(0.0, 1 - distance - weight * disagreement)
