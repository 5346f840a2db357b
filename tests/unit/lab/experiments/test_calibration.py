"""A small calibration: fixed seeds, and bounds that a wrong formula breaks."""

from dataclasses import replace
from statistics import mean, median, variance

import pytest
from numpy.random import SeedSequence, default_rng
from scipy import stats

from lab.experiments.calibration.choices import choices_table
from lab.experiments.calibration.synthetic import DAYS, World, days_of, final
from lab.experiments.calibration.tables import coverage_table, credit_table, equal_table
from lab.experiments.calibration.trials import (
    Estimate,
    Looks,
    ab_test,
    credit_test,
    ever_crossed,
    looked_at_daily,
    ratio_test,
)
from lab.experiments.calibration.uniformity import kolmogorov_smirnov

_TRUTH = World(people=1000, plays=0.2, clicks=0.1)


@pytest.fixture(scope="module")
def equal() -> list[Looks]:
    return [looked_at_daily(seed, World(people=600)) for seed in SeedSequence(5).spawn(60)]


@pytest.fixture(scope="module")
def estimates() -> list[Estimate]:
    return [ab_test(seed, _TRUTH) for seed in SeedSequence(6).spawn(200)]


def test_what_people_do_only_adds_up() -> None:
    days = list(days_of(World(people=300), default_rng(1)))

    assert len(days) == DAYS
    assert len(days[-1].variant) == 300
    for metric in ("searches", "plays", "minutes"):
        totals = [day.sums[metric].sum() for day in days]
        assert totals == sorted(totals)
    assert all((day.sums["searches"] >= 1).all() for day in days)


def test_a_few_do_most() -> None:
    plays = final(World(), default_rng(1)).sums["plays"]

    assert plays.var() > 5 * plays.mean()
    assert plays.max() > 8 * median(plays.tolist())


def test_looking_daily_keeps_the_promise_of_the_sequence_and_breaks_that_of_p(equal: list[Looks]) -> None:
    """Of 60 tests, 5 % are 3, and 8 are beyond chance."""
    for metric in ("plays", "click_through"):
        assert sum(looks.ever(metric) for looks in equal) <= 3
        assert sum(looks.ever_once(metric) for looks in equal) > 8
    assert sum(looks.state in ("ship", "harm", "mixed") for looks in equal) <= 3
    assert sum(looks.mismatch for looks in equal) <= 1


def test_p_values_of_the_last_day_are_uniform(equal: list[Looks]) -> None:
    for metric in ("plays", "click_through"):
        assert kolmogorov_smirnov([looks.p[metric][-1] for looks in equal])[1] >= 0.01


def test_what_the_same_people_go_on_to_do_keeps_the_promise() -> None:
    assert sum(ever_crossed(seed, 1000) for seed in SeedSequence(10).spawn(100)) <= 5


@pytest.mark.parametrize("metric", ["plays", "click_through"])
def test_the_interval_covers_a_known_truth(estimates: list[Estimate], metric: str) -> None:
    """Of 200, 95 % less three standard errors is 181."""
    truth = {"plays": _TRUTH.plays, "click_through": _TRUTH.clicks}[metric]
    for covered in ([e.covered[metric] for e in estimates], [e.covered_plain[metric] for e in estimates]):
        assert 181 <= sum(covered) < 200
    assert sum(e.covered_always[metric] for e in estimates) >= 190
    assert mean(e.relative[metric] for e in estimates) == pytest.approx(truth, abs=0.02)


def test_cuped_narrows_as_far_as_it_says(estimates: list[Estimate]) -> None:
    said = median(e.variance["plays"] / e.variance_plain["plays"] for e in estimates)
    scattered = variance(e.relative["plays"] for e in estimates) / variance(
        e.relative_plain["plays"] for e in estimates
    )

    assert said < 0.75
    assert scattered == pytest.approx(said, abs=0.25)


def test_shares_as_meant_are_no_alarm_and_others_are() -> None:
    assert not any(ratio_test(seed, 0.5)[0] for seed in SeedSequence(7).spawn(100))
    assert sum(ratio_test(seed, 0.53)[0] for seed in SeedSequence(8).spawn(50)) == 50


def test_equal_weights_are_told_apart_in_few_experiments_and_others_in_all() -> None:
    equal = [credit_test(seed, (0.5, 0.5), 300) for seed in SeedSequence(9).spawn(60)]
    unequal = [credit_test(seed, (0.65, 0.35), 300) for seed in SeedSequence(9).spawn(10)]

    assert sum(test is not None for test in equal) <= 3
    assert all(test is not None and test[1] == "weight_0" for test in unequal)


def test_the_kolmogorov_smirnov_test_is_scipys() -> None:
    values = default_rng(4).random(300) ** 1.1
    theirs = stats.kstest(values, "uniform")

    distance, p = kolmogorov_smirnov(values.tolist())

    assert distance == pytest.approx(theirs.statistic)
    assert p == pytest.approx(theirs.pvalue, abs=0.01)


def test_a_promise_that_is_missed_is_called_so(equal: list[Looks], estimates: list[Estimate]) -> None:
    crossed = equal_table(equal, [True, False])
    uncovered = [replace(estimate, covered={"plays": False, "click_through": True}) for estimate in estimates]

    assert [row[0] for row in crossed.rows if row[-1] == "missed"] == [crossed.rows[-3][0]]
    assert [row[-1] for row in coverage_table(uncovered, _TRUTH).rows] == ["missed", "met"]
    assert credit_table([(10, "weight_0")] * 3, [None] * 3).rows[0][-1] == "missed"


def test_ways_to_look_are_compared_on_the_same_experiments(equal: list[Looks]) -> None:
    rows = {row[0]: row[1:] for row in choices_table(equal, equal, "plays").rows}

    assert rows["p ≤ 5 % on the last day only"][2] == str(DAYS)
    assert float(rows["p ≤ 5 % at any daily look"][0].rstrip("%")) > 10
