"""Which weight people prefer in a multileaved experiment.

Credit as in Schuth, Sietsma, Whiteson, Lefortier and de Rijke, "Multileaved Comparisons for Fast Online Evaluation",
CIKM 2014. People are what is independent, as in Chapelle, Joachims, Radlinski and Yue, "Large-Scale Validation and
Analysis of Interleaved Search Evaluation", 2012; but all of a person's credit counts. Divided by what each of them
gave, it takes half as many searches again (docs/adr/0037). However much one person clicks, they alone decide
nothing: their credit is in the scale that it is measured by, too.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np

from discovery.experiments.analysis.credits import Credits
from discovery.experiments.analysis.people import Floats
from discovery.experiments.analysis.results import CreditShare, Preference, Preferences
from discovery.statistics.false_discovery import adjusted
from discovery.statistics.interval import Interval
from discovery.statistics.sequences import ALPHA, always_valid_p, boundary
from discovery.statistics.sign_test import sign_test
from discovery.statistics.student_t import critical

TUNED_FOR = 500
"""People who gave credit, for whom the sequences are narrowest: a weight is told from another by few of them."""
ENOUGH = 10
"""People who gave credit; fewer decide nothing."""


def preferences(credits_: Credits) -> Preferences:
    """Every pair of weights compared by the people who gave credit to either, and the order that follows.

    A pair's p-value is exact at any number of people if a person's difference of credit is as likely to be the other
    way round where neither weight is preferred: √(sum of squares) is then a valid scale by itself (de la Peña, "A
    General Class of Exponential Inequalities for Martingales and Ratios", Annals of Probability 27(1), 1999).
    """
    giving = credits_.credit[credits_.credit.sum(axis=1) > 0]
    if not len(giving):
        return Preferences(0, (), (), False, "never ran: nobody clicked or played anything that a weight contributed")
    totals = giving.sum(axis=1)
    order = sorted(range(len(credits_.variants)), key=lambda column: -float(giving[:, column].sum()))
    names = [credits_.variants[column] for column in order]
    found = tuple(
        CreditShare(name, *_bounded(giving[:, column], totals)) for name, column in zip(names, order, strict=True)
    )
    if len(names) == 1:
        return Preferences(len(giving), found, (), False, f"cannot be read: {names[0]} is the only weight")
    pairs = _decided([_preference(giving, credits_.variants, i, j) for i, j in combinations(order, 2)])
    certain = {(pair.first, pair.second) for pair in pairs if pair.decided}
    settled = all(neighbours in certain for neighbours in pairwise(names))
    return Preferences(len(giving), found, pairs, settled, _verdict(names, pairs, len(giving)))


def _bounded(credit: Floats, totals: Floats) -> tuple[float, Interval, Interval]:
    """A weight's share of all credit, with its intervals, within [0, 1]; a ratio of sums over people (delta method)."""
    people, value = len(totals), float(credit.sum() / totals.sum())
    if people == 1:
        return value, Interval(0.0, 1.0), Interval(0.0, 1.0)
    deviations = credit - value * totals
    # At least one person's whole credit, since few who agree with each other have no deviation at all.
    error = max(math.sqrt(float(deviations @ deviations) * people / (people - 1)), float(totals.max())) / totals.sum()
    once, always = critical(0.95, people - 1) * error, boundary(people, tuned_for=TUNED_FOR) * error
    return value, _within(value, once), _within(value, always)


def _within(value: float, margin: float) -> Interval:
    return Interval(max(0.0, value - margin), min(1.0, value + margin))


def _preference(giving: Floats, variants: Sequence[str], first: int, second: int) -> Preference:
    both = giving[:, [first, second]]
    both = both[both.sum(axis=1) > 0]
    names = variants[first], variants[second]
    if not len(both):
        return Preference(*names, 0, 0.5, Interval(0.0, 1.0), Interval(0.0, 1.0), 1.0, 1.0, 1.0, decided=False)
    totals = both.sum(axis=1)
    leaning = both[:, 0] - both[:, 1]
    squares = float(leaning @ leaning)  # a person with one click, which was one weight's alone, adds one
    z = float(leaning.sum()) / math.sqrt(squares) if squares > 0 else 0.0
    p = always_valid_p(z, squares, tuned_for=TUNED_FOR)
    signs = np.sign(leaning)
    p_sign = sign_test(int((signs > 0).sum()), int((signs < 0).sum()))
    share, once, _ = _bounded(both[:, 0], totals)
    error = math.sqrt(squares) / (2 * float(totals.sum()))
    always = _within(share, boundary(squares, tuned_for=TUNED_FOR) * error if squares > 0 else 1.0)
    return Preference(*names, len(both), share, once, always, p_sign, p, p, decided=False)


def _decided(pairs: Sequence[Preference]) -> tuple[Preference, ...]:
    p_values = adjusted([pair.p_sequential for pair in pairs])
    return tuple(
        replace(pair, p_adjusted=p, decided=p <= ALPHA and pair.people >= ENOUGH)
        for pair, p in zip(pairs, p_values, strict=True)
    )


def _verdict(names: Sequence[str], pairs: Sequence[Preference], people: int) -> str:
    by_names = {(pair.first, pair.second): pair for pair in pairs}
    told_apart = [by_names[neighbours] for neighbours in pairwise(names) if by_names[neighbours].decided]
    order = names[0]
    for neighbours in pairwise(names):
        order += f" {'>' if by_names[neighbours].decided else '≈'} {neighbours[1]}"
    ends = by_names[names[0], names[-1]]
    if not told_apart and not ends.decided:
        return f"not decided yet: {_told(ends, 'ahead of')}; {people:,} people gave credit"
    told = ends if ends.decided and not by_names[names[0], names[1]].decided else told_apart[0]
    return _told(told, "preferred over") + (f"; {order}" if len(names) > 2 else "")  # noqa: PLR2004 - a pair is its own order


def _told(pair: Preference, how: str) -> str:
    low, high = (_share(bound or 0.0) for bound in (pair.sequence.low, pair.sequence.high))
    return f"{pair.first} {how} {pair.second}: {_share(pair.share)} [{low}, {high}] of credit"


def _share(value: float) -> str:
    """As .54, and 1.0 as 1."""
    text = f"{value:.2f}"
    return text.removeprefix("0") if text != "1.00" else "1"
