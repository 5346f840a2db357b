"""Ways to decide while looking every day, compared on the same experiments."""

from collections.abc import Callable, Sequence
from statistics import median

from discovery.statistics.sequences import ALPHA, always_valid_p
from lab.experiments.calibration.synthetic import DAYS
from lab.experiments.calibration.trials import Looks
from lab.report.table import Table

type Way = Callable[[Looks, str], Sequence[bool]]
"""Whether each look decides, by a metric."""


def _tuned(people: float) -> Way:
    def way(looks: Looks, metric: str) -> Sequence[bool]:
        return [
            always_valid_p(z, n, tuned_for=people) <= ALPHA for z, n in zip(looks.z[metric], looks.people, strict=True)
        ]

    return way


def _daily(looks: Looks, metric: str) -> Sequence[bool]:
    return [p <= ALPHA for p in looks.p[metric]]


def _bonferroni(looks: Looks, metric: str) -> Sequence[bool]:
    return [p <= ALPHA / DAYS for p in looks.p[metric]]


def _at_the_end(looks: Looks, metric: str) -> Sequence[bool]:
    return [False] * (len(looks.p[metric]) - 1) + [looks.p[metric][-1] <= ALPHA]


WAYS: dict[str, Way] = {
    "p ≤ 5 % at any daily look": _daily,
    "p ≤ 5 % on the last day only": _at_the_end,
    "Bonferroni: p ≤ 5 % / 28 at any look": _bonferroni,
    "sequence tuned for 1 000 people": _tuned(1_000),
    "sequence tuned for 10 000 people": _tuned(10_000),
    "sequence tuned for 100 000 people": _tuned(100_000),
}


def choices_table(equal: Sequence[Looks], different: Sequence[Looks], metric: str) -> Table:
    """How often each way sees a difference where there is none, and where there is one, and on which day."""
    rows = []
    for name, way in WAYS.items():
        wrong = sum(any(way(looks, metric)) for looks in equal) / len(equal)
        days = [_first(way(looks, metric)) for looks in different]
        found = [day for day in days if day is not None]
        when = f"{median(found):.0f}" if found else "–"
        rows.append((name, f"{wrong:.1%}", f"{len(found) / len(different):.0%}", when))
    return Table(("way", "false positives", "found by day 28", "median day of those"), rows)


def _first(decides: Sequence[bool]) -> int | None:
    """The day, counted back from the last: the first looks may have had too few people."""
    missing = DAYS - len(decides)
    return next((place + 1 + missing for place, decided in enumerate(decides) if decided), None)
