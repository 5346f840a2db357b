"""Where the time of a search goes."""

import contextlib
from pathlib import Path

from lab.benchmarks.meter import Meter, slowest
from lab.relevance.systems import Ours


def test_every_strategys_time_is_a_part_of_the_whole(bundle: Path) -> None:
    meter = Meter()
    with contextlib.closing(Ours(bundle, wrapped=meter.metered)) as ours:
        taken = meter.take(ours, "casablanca")

    assert list(taken.strategies) == ["keyword", "title", "person", "topic", "likeness", "vector"]
    assert 0 < sum(taken.strategies.values()) < taken.total
    assert len(meter.row(taken)) == len(meter.header)


def test_the_slowest_queries_come_first(bundle: Path) -> None:
    meter = Meter()
    with contextlib.closing(Ours(bundle, wrapped=meter.metered)) as ours:
        found = slowest(ours, meter, ["casablanca", "alien", "war games"], repeats=2)

    assert [one.total for one in found] == sorted((one.total for one in found), reverse=True)
    assert len(ours.milliseconds) == 6
