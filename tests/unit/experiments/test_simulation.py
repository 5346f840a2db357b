"""A simulation counts what the service's own assignment gives."""

from types import MappingProxyType

import pytest

from discovery.experiments.experiment import Experiment
from discovery.experiments.simulation import Simulation, simulate

USERS = 20_000


def simulated(allocation: float = 1.0, **shares: float) -> Simulation:
    return simulate(Experiment("spring", allocation, MappingProxyType(shares)), USERS)


def test_shares_are_near_what_is_meant() -> None:
    result = simulated(control=0.2, low=0.3, high=0.5)

    assert result.taking_part == USERS
    assert [share.meant for share in result.variants] == [0.2, 0.5, 0.3]
    assert all(abs(share.deviation_pp) < 1.5 for share in result.variants)
    assert result.fit.freedom == 2
    assert result.fit.p > 0.001


def test_raising_the_allocation_moves_nobody() -> None:
    result = simulated(control=0.5, high=0.5)

    assert 0.04 * USERS < result.first < 0.06 * USERS
    assert result.moved == 0


def test_another_salt_is_independent() -> None:
    result = simulated(0.5, control=0.5, high=0.5)

    assert result.cramers_v < 0.03
    assert result.other_salt.freedom == 4


def test_nobody_takes_part_at_an_allocation_of_nothing() -> None:
    result = simulated(0.0, control=0.5, high=0.5)

    assert result.taking_part == 0
    assert [share.share for share in result.variants] == [0.0, 0.0]
    assert result.cramers_v == pytest.approx(0.0)


def test_progress_is_told_until_everybody_is_assigned() -> None:
    done: list[int] = []

    simulate(Experiment("spring", 1.0, MappingProxyType({"control": 1.0})), 2_500, done.append)

    assert sum(done) == 2_500
    assert len(done) > 1
