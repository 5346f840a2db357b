"""What a plan promises, tried on the analysis."""

import math

import pytest

from discovery.experiments.analysis.experiment import analyse
from discovery.experiments.analysis.plan import Planned, plan
from tests.unit.experiments.analysis.made import EVEN, made, nobody


def planned(metric: str, **how: float) -> Planned:
    given = {"people_a_day": 500.0, "days": 14.0, "effect": 0.05, **how}
    found = plan(made(2000, before=True), **given)
    return next(each for each in found.metrics if each.metric.name == metric)


def test_the_people_that_a_plan_asks_for_find_the_effect_four_times_in_five() -> None:
    people = planned("plays", effect=0.1).people
    each = math.ceil(people / 2)
    found = 0
    for seed in range(100):
        analysed = analyse(made(each, factors={"high_boost": {"plays": 1.1}}, seed=seed, before=True), EVEN, "control")
        plays = analysed.variants[1].comparisons[0]
        found += plays.p_sequential <= 0.05 and plays.difference > 0

    assert 65 <= found <= 95


def test_days_are_people_over_people_a_day() -> None:
    assert planned("plays").days == pytest.approx(planned("plays").people / 500)
    assert planned("plays", share=0.5).days == pytest.approx(2 * planned("plays").days)


def test_what_can_be_detected_shrinks_with_the_root_of_the_days() -> None:
    two_weeks, eight_weeks = planned("plays"), planned("plays", days=56.0)

    assert eight_weeks.detectable_once == pytest.approx(two_weeks.detectable_once / 2)
    assert two_weeks.detectable > two_weeks.detectable_once


def test_the_period_before_saves_people() -> None:
    assert planned("plays").variance_ratio < 0.7
    assert planned("list_adds").variance_ratio == 1.0


@pytest.mark.parametrize("wrong", [{"effect": 0.0}, {"people_a_day": 0.0}, {"days": -1.0}, {"share": 1.5}])
def test_a_plan_of_nothing_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="above 0"):
        planned("plays", **wrong)


def test_a_plan_without_a_past_is_refused() -> None:
    with pytest.raises(ValueError, match="at least two people"):
        plan(nobody(), people_a_day=10, days=10, effect=0.1)
