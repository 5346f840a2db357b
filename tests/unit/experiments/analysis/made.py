"""Made people, as even as can be, with differences that the test sets."""

from collections.abc import Mapping

import numpy as np

from discovery.experiments.analysis.people import Floats, People

EVEN = {"control": 0.5, "high_boost": 0.5}


def made(
    each: int = 2000,
    *,
    variants: tuple[str, ...] = ("control", "high_boost"),
    factors: Mapping[str, Mapping[str, float]] | None = None,
    seed: int = 1,
    before: bool = False,
) -> People:
    """So many people of each variant; `factors` multiplies sums of a variant: {"high_boost": {"plays": 1.1}}."""
    chance = np.random.default_rng(seed)
    n = each * len(variants)

    def counted(mean: Floats) -> Floats:
        return np.asarray(chance.poisson(mean), np.float64)

    def some(share: float) -> Floats:
        return np.asarray(chance.binomial(searches.astype(int), share), np.float64)

    variant = np.repeat(np.arange(len(variants), dtype=np.int32), each)
    rate = chance.gamma(4, 1, n)
    searches = 5 + counted(rate)
    sums: dict[str, Floats] = {
        "searches": searches,
        "searches_clicked": some(0.4),
        "plays": counted(2 * rate),
        "completions": counted(rate),
        "minutes": chance.gamma(rate, 60),
        "list_adds": counted(rate),
        "zero_results": some(0.03),
        "failed": some(0.002),
        "slow": some(0.002),
        "search_time_sum_ms": searches * 20 + chance.normal(0, 5, n),
    }
    for name, by_sum in (factors or {}).items():
        for which, factor in by_sum.items():
            sums[which][variant == variants.index(name)] *= factor
    earlier = {"plays": counted(2 * rate)} if before else {}
    return People(variants, variant, sums, earlier)


def nobody() -> People:
    """An experiment that never ran."""
    return People(("control", "high_boost"), np.empty(0, np.int32), {"plays": np.empty(0)})
