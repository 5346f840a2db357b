"""The words and numbers of a sentence."""

from dataclasses import replace

import pytest

from discovery.experiments.analysis.experiment import analyse
from discovery.experiments.analysis.results import Comparison
from discovery.experiments.analysis.wording import change, needs, probability
from discovery.statistics.interval import Interval
from tests.unit.experiments.analysis.made import EVEN, made


@pytest.fixture(scope="module")
def comparisons() -> dict[str, Comparison]:
    return {c.metric.name: c for c in analyse(made(500), EVEN, "control").variants[1].comparisons}


def test_a_change_is_relative_with_its_sequence(comparisons: dict[str, Comparison]) -> None:
    plays = replace(comparisons["plays"], relative=0.031, relative_sequence=Interval(0.012, 0.05))

    assert change(plays) == "plays +3.1 % [1.2, 5.0]"


def test_a_loss_has_a_minus_sign_and_small_numbers_have_digits(comparisons: dict[str, Comparison]) -> None:
    plays = replace(comparisons["plays"], relative=-0.0042, relative_sequence=Interval(-0.02, 0.0005))

    assert change(plays) == "plays −0.42 % [−2.0, 0.050]"


def test_a_change_of_nothing_is_told_in_its_own_unit(comparisons: dict[str, Comparison]) -> None:
    """Control has no plays, so that there is nothing to relate to."""
    plays = replace(
        comparisons["plays"],
        difference=0.25,
        sequence=Interval(0.1, 0.4),
        relative=None,
        relative_sequence=Interval(None, None),
    )

    assert change(plays) == "plays +0.25 a person [0.10, 0.40]"


def test_guardrails_are_told_in_points_and_milliseconds(comparisons: dict[str, Comparison]) -> None:
    rate = replace(comparisons["zero_results"], difference=0.013, sequence=Interval(0.004, 0.022))
    time = replace(comparisons["search_time"], difference=12.04, sequence=Interval(9.4, 14.6))

    assert change(rate) == "zero-result rate +1.3 pp [0.40, 2.2]"
    assert change(time) == "search time +12.0 ms [9.4, 14.6]"


@pytest.mark.parametrize(
    ("more", "days", "said"),
    [
        (12_345, 8.6, "needs about 12,000 more people (about 9 more days)"),
        (87, None, "needs about 87 more people"),
        (1, 0.01, "needs about 1 more person (about 1 more day)"),
        (None, None, "more people alone will not decide it"),
    ],
)
def test_what_is_needed_is_a_guess_of_two_digits(more: int | None, days: float | None, said: str) -> None:
    assert needs(more, days) == said


@pytest.mark.parametrize(("p", "said"), [(0.00031, "p = 0.0003"), (0.04, "p = 0.04"), (1e-9, "p < 0.0001")])
def test_a_probability_is_never_0(p: float, said: str) -> None:
    assert probability(p) == said
