"""The handler as a whole, for a user whose scores are cached: one environment, and several side by side."""

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np

from discovery.statistics.percentiles import spread
from lab.benchmarks.plan import Plan
from lab.benchmarks.searches import USER
from lab.catalogues import described
from lab.environments.invocation import QUERIES, search_event
from lab.environments.process import environment_process
from lab.environments.worker import busy_loop
from lab.report.result import Comparison, Figure, Result
from lab.servers.bed import LASTING, bed
from lab.servers.orders import OrderedProcess

TITLE = "The whole handler, user cached, searching without a pause"
COUNTS = (1, 2, 4, 8)


def run(plan: Plan) -> list[Result]:
    """Measure on the last catalogue."""
    bundle = plan.bundles[-1]
    with bed(bundle, plan.scratch) as ours, contextlib.ExitStack() as started:
        events = [search_event(query, ours.issuer.sign(USER)) for query in QUERIES]
        variables = ours.variables(personalization=LASTING)
        environments = [started.enter_context(environment_process(variables, events)) for number in range(max(COUNTS))]
        for environment in environments:
            for _ in range(2):  # the first round fills the cache
                for number in range(len(events)):
                    environment.ask(do="search", event=number)
        race = _Race(environments, seconds=1.0 if plan.quick else 3.0)
        for block in range(plan.times(10, 2)):
            race.block(block)
    return [race.result(bundle)]


class _Race:
    """Each block searches, and does plain work, with each number of environments."""

    def __init__(self, environments: Sequence[OrderedProcess], *, seconds: float) -> None:
        self._environments = environments
        self._seconds = seconds
        self._latencies: list[float] = []
        self._searches: dict[int, list[float]] = {count: [] for count in COUNTS}
        self._work: dict[int, list[float]] = {count: [] for count in COUNTS}
        self._busy: list[float] = []

    def block(self, number: int) -> None:
        """Take one."""
        self._busy.append(busy_loop())
        for count in COUNTS if number % 2 == 0 else reversed(COUNTS):
            searched = self._together(count, "search")
            self._searches[count].append(sum(map(len, searched)) / self._seconds)
            if count == 1:
                self._latencies += searched[0]
            worked = self._together(count, "be busy")
            self._work[count].append(sum(map(len, worked)) / self._seconds)

    def _together(self, count: int, command: str) -> list[list[float]]:
        active = self._environments[:count]
        for environment in active:
            environment.tell(do=command, seconds=self._seconds)
        return [environment.hear() for environment in active]

    def result(self, bundle: Path) -> Result:
        """Sum up."""
        searches = {count: np.array(rates) for count, rates in self._searches.items()}
        work = {count: np.array(rates) for count, rates in self._work.items()}
        rates = [
            Comparison.of(f"searches a second, {_environments(count)}", searches[count], unit="1/s") for count in COUNTS
        ]
        gains = [
            comparison
            for count in COUNTS[1:]
            for comparison in (
                Comparison.of(f"{count} environments ÷ one", searches[count] / searches[1]),
                Comparison.of(f"the same of plain Python, {count} processes ÷ one", work[count] / work[1]),
            )
        ]
        return Result(
            benchmark="whole",
            title=TITLE,
            catalogue=described(bundle),
            figures=[Figure.of("search, one environment", self._latencies)],
            comparisons=[*rates, *gains],
            noise=spread(self._busy),
            notes=[
                f"This machine has {os.cpu_count()} cores, and Valkey takes its part of them: more environments than "
                "that share them. In Lambda each has its own; what plain Python gains here is the ceiling.",
            ],
            series={
                "environments": {
                    str(count): [rate.value, rate.low, rate.high] for count, rate in zip(COUNTS, rates, strict=True)
                },
                "ceiling": {str(count): median(searches[1] * work[count] / work[1]) for count in COUNTS},
            },
        )


def _environments(count: int) -> str:
    return "one environment" if count == 1 else f"{count} environments"
