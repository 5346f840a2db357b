"""Pictures of the simulations."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from lab.experiments.calibration.synthetic import DAYS
from lab.experiments.calibration.trials import Looks
from plots.style import COLOURS, GREY, distribution


def draw_looks(looks: Sequence[Looks], figure: Figure) -> None:
    """Left, false positives by the day until which one looked; right, the p-values of the last day."""
    left, right = figure.subplots(1, 2)
    for colour, name, values in (
        (COLOURS[5], "p ≤ 5 % of a single look", [x.p["plays"] for x in looks]),
        (COLOURS[0], "sequential test at 5 %", [x.always_valid["plays"] for x in looks]),
    ):
        left.plot(range(1, DAYS + 1), _ever(values), color=colour, label=name)
    left.axhline(0.05, color=GREY, linestyle="--")
    left.set(xlabel="looked at daily until day", ylabel="share of A/A tests ever called different", ylim=(0, None))
    left.legend()
    for colour, metric in zip(COLOURS, ("plays", "click_through"), strict=False):
        right.plot(*distribution([x.p[metric][-1] for x in looks]), color=colour, label=metric.replace("_", "-"))
    right.plot([0, 1], [0, 1], color=GREY, linestyle="--", label="uniform")
    right.set(xlabel="p on the last day", ylabel="share of A/A tests up to p")
    right.legend()


def _ever(values: Sequence[Sequence[float]]) -> Sequence[float]:
    """For each day, the share of tests whose p-value was at most 0.05 until then."""
    called = np.zeros((len(values), DAYS), dtype=bool)
    for row, p_values in enumerate(values):
        called[row, DAYS - len(p_values) :] = np.asarray(p_values) <= 0.05  # noqa: PLR2004 - 5 %
    return [float(share) for share in np.maximum.accumulate(called, axis=1).mean(axis=0)]
