"""Churn: how much of what a person sees first is something else than before.

    churn@k(a, b) = |first k of b that are not among the first k of a| / min(k, n)        in [0, 1]

One minus the overlap at depth k, the simplest of the set-based measures in Webber, Moffat and Zobel, "A Similarity
Measure for Indefinite Rankings", TOIS 28(4), 2010.
"""

from collections.abc import Hashable, Sequence


def churn(before: Sequence[Hashable], after: Sequence[Hashable], *, depth: int) -> float:
    """Churn at a depth between two rankings of the same items; 0 where there is nothing to rank."""
    shown = after[:depth]
    if not shown:
        return 0.0
    return len(set(shown).difference(before[:depth])) / len(shown)
