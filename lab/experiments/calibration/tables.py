"""What the simulations found, as tables."""

import math
from collections.abc import Sequence
from statistics import mean, median, variance

from discovery.statistics.sequences import ALPHA
from lab.experiments.calibration.synthetic import World
from lab.experiments.calibration.trials import Estimate, Looks
from lab.experiments.calibration.uniformity import kolmogorov_smirnov
from lab.report.table import Table

METRICS = ("plays", "click_through")
_WRONG = ("ship", "harm", "mixed")
_UNIFORM = 0.01
"""p of the Kolmogorov–Smirnov test: below, p-values are not uniform."""
_FALSE_ALARMS = 0.003
_HARDEST = "plays: sequential test, 10 000 people from the first day on, all alike"
_HEADER = ("", "found", "promised", "")


def equal_table(looks: Sequence[Looks], hardest: Sequence[bool]) -> Table:
    """A/A tests; `hardest` says of each of those that try the sequence most whether it was crossed."""
    rows = []
    for metric in METRICS:
        rows += [
            _at_most(f"{metric}: sequential test at 5 %, at any look", mean(x.ever(metric) for x in looks), ALPHA),
            (
                f"{metric}: p ≤ 5 % at any look, for comparison",
                f"{mean(x.ever_once(metric) for x in looks):.1%}",
                "",
                "",
            ),
        ]
    for metric in METRICS:
        last = [x.p[metric][-1] for x in looks]
        distance, p = kolmogorov_smirnov(last)
        uniform = f"{metric}: p of the last day uniform (KS {distance:.3f})"
        rows += [
            (
                f"{metric}: p ≤ 5 % on the last day only",
                f"{mean(value <= ALPHA for value in last):.1%}",
                "about 5 %",
                "",
            ),
            (uniform, f"p = {p:.2f}", f"≥ {_UNIFORM}", _verdict(p >= _UNIFORM)),
        ]
    at_once = f"{_HARDEST} ({len(hardest):,} tests)"
    rows.append(_at_most(at_once, mean(hardest), ALPHA))
    rows.append(_at_most("the sentence ever says ship, harm or weigh", mean(x.state in _WRONG for x in looks), ALPHA))
    rows.append(_at_most("the sample ratio is ever called a mismatch", mean(x.mismatch for x in looks), _FALSE_ALARMS))
    return Table(_HEADER, rows, f"{len(looks):,} A/A tests, looked at daily", words=(0, 3))


def ratio_table(equal: Sequence[tuple[bool, bool, bool]], skewed: Sequence[tuple[bool, bool, bool]]) -> Table:
    """Tests of the sample ratio at 0.1 %."""
    names = ("sequential, at any look (decides)", "Pearson's, on the last day only", "Pearson's, at any look")
    rows = []
    for place, name in enumerate(names):
        false = mean(test[place] for test in equal)
        promised, verdict = ("≤ 0.3 %", _verdict(false <= _FALSE_ALARMS)) if place < 2 else ("", "")  # noqa: PLR2004
        rows.append((name, f"{false:.2%}", promised, f"{mean(test[place] for test in skewed):.0%}", verdict))
    header = ("sample ratio at 0.1 %", "false alarms", "promised", "found, of 52 : 48", "")
    return Table(header, rows, f"{len(equal):,} experiments", words=(0, 4))


def coverage_table(estimates: Sequence[Estimate], world: World) -> Table:
    """A/B tests with a known effect."""
    truth = {"plays": world.plays, "click_through": world.clicks}
    rows = []
    for metric in METRICS:
        covered = mean(x.covered[metric] for x in estimates)
        plain = mean(x.covered_plain[metric] for x in estimates)
        rows.append(
            (
                f"{metric}, {truth[metric]:+.0%}",
                f"{mean(x.relative[metric] for x in estimates):+.2%}",
                f"{covered:.1%}",
                f"{plain:.1%}",
                f"{mean(x.covered_always[metric] for x in estimates):.1%}",
                _verdict(min(covered, plain) >= _least_coverage(len(estimates))),
            )
        )
    header = ("truth", "mean estimate", "95 % interval covers", "without CUPED", "sequence covers", "")
    return Table(header, rows, f"{len(estimates):,} A/B tests with a known effect", words=(0, 5))


def cuped_table(estimates: Sequence[Estimate]) -> Table:
    """What CUPED saves."""
    rows = []
    for metric in METRICS:
        ratio = median(x.variance[metric] / x.variance_plain[metric] for x in estimates)
        honest = variance(x.relative[metric] for x in estimates) / variance(x.relative_plain[metric] for x in estimates)
        rows.append((metric, f"{ratio:.2f}", f"{honest:.2f}", f"{1 - ratio:.0%}"))
    return Table(("variance with CUPED ÷ without", "as estimated", "among simulations", "people saved"), rows)


def credit_table(equal: Sequence[tuple[int, str] | None], unequal: Sequence[tuple[int, str] | None]) -> Table:
    """Multileaved credit."""
    found = [test for test in unequal if test is not None]
    right = [people for people, first in found if first == "weight_0"]
    false = mean(test is not None for test in equal)
    rows = [
        _at_most("two equal weights ever told apart", false, ALPHA),
        ("57 : 43 told apart within 1 000 people", f"{len(found) / len(unequal):.0%}", "", ""),
        ("of these, the right one first", f"{len(right) / max(1, len(found)):.0%}", "", ""),
        ("people who gave credit until then, median", f"{median(right) if right else 0:.0f}", "", ""),
    ]
    return Table(_HEADER, rows, f"{len(equal):,} multileaved experiments, looked at every 10 people", words=(0, 3))


def _least_coverage(trials: int) -> float:
    """95 % less three standard errors of a share from so many trials."""
    return 0.95 - 3 * math.sqrt(0.95 * 0.05 / trials)


def _at_most(name: str, share: float, limit: float) -> tuple[str, ...]:
    return name, f"{share:.1%}", f"≤ {limit * 100:g} %", _verdict(share <= limit)


def _verdict(met: bool) -> str:
    return "met" if met else "missed"
