"""Sample ratio mismatch: whether people came to the variants in the shares that were meant, at every look.

Lindon and Malek, "Anytime-Valid Inference for Multinomial Count Data", NeurIPS 2022: the likelihood of the counts under
a Dirichlet prior around the meant shares, divided by that under the meant shares themselves, is a martingale from 1 on
while they hold. So 1 divided by it is a p-value that may be looked at every day. It is exact, not asymptotic.
"""

import math
from collections.abc import Mapping

CONCENTRATION = 600.0
"""Of the prior, in people: the test is sharpest at about 16 times as many."""


def mismatch_p(observed: Mapping[str, int], shares: Mapping[str, float]) -> float:
    """The always-valid p-value of counts by name; shares sum to 1, and 0 for anybody where none was meant is 0.0."""
    if any(count and not shares.get(name, 0.0) > 0 for name, count in observed.items()):
        return 0.0
    total = sum(observed.values())
    ratio = math.lgamma(CONCENTRATION) - math.lgamma(CONCENTRATION + total)
    for name, share in shares.items():
        if share > 0:
            count, prior = observed.get(name, 0), CONCENTRATION * share
            ratio += math.lgamma(prior + count) - math.lgamma(prior) - count * math.log(share)
    return min(1.0, math.exp(-ratio))
