"""The cost of personalizing: an anonymous and a personalized search, against the bare request it can't do without."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lab.benchmarks.searches import USER, Search, Window, events, windows
from lab.catalogues import described
from lab.environments.inline import Environment
from lab.report.result import MILLISECONDS, Comparison, Figure, Result
from lab.servers.bed import Bed
from lab.statistics.interleaving import Samples

ANONYMOUS, PERSONALIZED = "anonymous search", "personalized search"
TARGET = 3.0
"""Times the bare request."""


class Searches:
    """Both searches; each block is of one query."""

    def __init__(self, bed: Bed, environment: Environment) -> None:
        self._windows = windows(environment, 8)
        self.token = bed.issuer.sign(USER)
        self.anonymous = Search(environment.handler, events(self._windows))
        self.personalized = Search(environment.handler, events(self._windows, self.token))
        self.choose(0)

    def choose(self, block: int) -> None:
        """Take the next query."""
        place = block % len(self._windows)
        self.anonymous.chosen = self.personalized.chosen = place
        self.window: Window = self._windows[place]


def difference(samples: Samples) -> NDArray[np.float64]:
    """What personalizing adds within each block, in seconds."""
    return samples.p50(PERSONALIZED) - samples.p50(ANONYMOUS)


def result(
    benchmark: str,
    title: str,
    bundle: Path,
    samples: Samples,
    *,
    bare: str,
    request: str,
    more_figures: Sequence[str] = (),
    notes: Sequence[str],
) -> Result:
    """Ratio and cost of the difference; `bare` is a contestant, and `request` what the ratio calls it."""
    cost = difference(samples)
    names = (ANONYMOUS, PERSONALIZED, bare, *more_figures)
    latencies = {
        name: [seconds * MILLISECONDS for seconds in sorted(samples.all(name))] for name in (ANONYMOUS, PERSONALIZED)
    }
    return Result(
        benchmark=benchmark,
        title=title,
        catalogue=described(bundle),
        figures=[Figure.of(name, samples.all(name)) for name in names],
        comparisons=[
            Comparison.of(f"(personalized − anonymous) ÷ {request}", cost / samples.p50(bare), target=TARGET),
            Comparison.of("personalized − anonymous", cost * MILLISECONDS, unit="ms"),
        ],
        noise=samples.noise,
        notes=notes,
        series={"latencies": latencies},
    )
