"""When the alarms on rates sound: their metric math, evaluated over numbers of requests."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.unit.template.conftest import Stack
from tests.unit.template.metric_math import composite_sounds, evaluated, sounds

PAIRS = {
    "BudgetBurnsFast": ("Budget1Hour", "Budget5Minutes"),
    "BudgetBurns": ("Budget6Hours", "Budget30Minutes"),
    "BudgetBurnsSlowly": ("Budget1Day", "Budget2Hours"),
}
SECONDS = {
    "Budget1Hour": 3600,
    "Budget5Minutes": 300,
    "Budget6Hours": 21_600,
    "Budget30Minutes": 1800,
    "Budget1Day": 86_400,
    "Budget2Hours": 7200,
}
MONTH = 30 * 86_400


def properties(stack: Stack, name: str, **values: str) -> dict[str, Any]:
    found: dict[str, Any] = stack(**values)[name]["Properties"]
    return found


def release_fails(stack: Stack, *, of: int, errors: int | None = 0, defects: int | None = None) -> bool:
    """Whether a search version is rolled back that had so many invocations, errors and defects in five minutes."""
    metrics = {"invocations": float(of), "errors": errors, "defects": defects}
    return sounds(properties(stack, "SearchReleaseFails"), metrics)


def burn(stack: Stack, window: str, *, bad: int | None, of: int | None, **values: str) -> bool:
    return sounds(properties(stack, window, **values), {"failed": bad, "broken": None, "requests": of})


@pytest.mark.parametrize("kind", ["errors", "defects"])
@pytest.mark.parametrize(
    ("bad", "of", "stopped"),
    [
        (1, 10_000, False),
        (1, 2, False),
        (2, 2, False),
        (3, 3, True),
        (5, 100, True),
        (500, 10_000, True),
        (3, 299, True),
        (3, 300, False),
    ],
    ids=str,
)
def test_a_release_is_stopped_by_a_rate_and_not_by_one_event(
    kind: str, bad: int, of: int, stopped: bool, stack: Stack
) -> None:
    counts: Mapping[str, int] = {kind: bad}
    assert release_fails(stack, of=of, **counts) is stopped


def test_a_release_without_defects_has_no_data_for_them_and_is_judged_by_its_errors(stack: Stack) -> None:
    assert release_fails(stack, of=100, errors=5, defects=None)
    assert not release_fails(stack, of=100, errors=0, defects=None)
    assert release_fails(stack, of=100, errors=2, defects=3)


def test_a_slow_release_is_judged_by_a_hundred_requests_a_minute(stack: Stack) -> None:
    alarm = properties(stack, "SearchReleaseIsSlow")
    assert not sounds(alarm, {"invocations": 99, "duration": 900})
    assert sounds(alarm, {"invocations": 100, "duration": 900})
    assert not sounds(alarm, {"invocations": 100, "duration": 400})


@pytest.mark.parametrize(("window", "seconds"), SECONDS.items())
def test_a_window_counts_over_its_whole_length_in_one_datapoint(window: str, seconds: int, stack: Stack) -> None:
    alarm = properties(stack, window)
    assert {part["MetricStat"]["Period"] for part in alarm["Metrics"][1:]} == {seconds}
    assert {part["MetricStat"]["Stat"] for part in alarm["Metrics"][1:]} == {"Sum"}
    assert (alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (1, 1)


@pytest.mark.parametrize(
    ("pair", "share"), [("BudgetBurnsFast", 0.02), ("BudgetBurns", 0.05), ("BudgetBurnsSlowly", 0.10)]
)
def test_a_pair_sounds_when_its_share_of_the_months_budget_is_used_up_in_the_long_window(
    pair: str, share: float, stack: Stack
) -> None:
    """Site Reliability Workbook, "Alerting on SLOs", table 5-8, and a tenth in one day instead of three."""
    long, short = PAIRS[pair]
    rates = [properties(stack, window)["Threshold"] for window in (long, short)]
    assert rates == pytest.approx([share * MONTH / SECONDS[long]] * 2)
    assert SECONDS[long] / SECONDS[short] == 12


@pytest.mark.parametrize(
    ("window", "bad", "of", "expected"),
    [
        ("Budget1Hour", 1, 10_000, False),
        ("Budget1Hour", 145, 10_000, True),
        ("Budget1Hour", 144, 10_000, False),  # exactly 14.4 times the budget
        ("Budget1Hour", 9, 9, False),  # a quiet night
        ("Budget1Hour", 10, 10, True),
        ("Budget5Minutes", 1, 10_000, False),
        ("Budget5Minutes", 15, 1000, True),
        ("Budget6Hours", 61, 10_000, True),
        ("Budget6Hours", 60, 10_000, False),
        ("Budget1Day", 31, 10_000, True),
        ("Budget1Day", 30, 10_000, False),
        ("Budget1Day", None, None, False),
    ],
)
def test_a_window_breaches_above_its_burn_rate(
    window: str, bad: int | None, of: int | None, expected: bool, stack: Stack
) -> None:
    assert burn(stack, window, bad=bad, of=of) is expected


def test_searches_that_a_defect_left_without_personalization_use_up_the_budget_too(stack: Stack) -> None:
    alarm = properties(stack, "Budget1Hour")
    assert sounds(alarm, {"failed": 0.0, "broken": 200.0, "requests": 10_000.0})
    assert not sounds(alarm, {"failed": 0.0, "broken": None, "requests": 10_000.0})


@pytest.mark.parametrize("pair", PAIRS)
def test_an_alarm_of_the_budget_needs_both_of_its_windows(pair: str, stack: Stack) -> None:
    long, short = (f"<{window}>" for window in PAIRS[pair])
    rule = properties(stack, pair)["AlarmRule"]
    assert composite_sounds(rule, {long: True, short: True})
    assert not composite_sounds(rule, {long: True, short: False}), "it is over"
    assert not composite_sounds(rule, {long: False, short: True}), "it does not matter yet"


def test_another_objective_is_another_budget(stack: Stack) -> None:
    assert burn(stack, "Budget1Hour", bad=150, of=10_000)
    assert not burn(stack, "Budget1Hour", bad=150, of=10_000, ErrorBudgetPercent="1")
    assert burn(stack, "Budget1Hour", bad=1500, of=10_000, ErrorBudgetPercent="1")


@pytest.mark.parametrize(
    ("alarm", "counts", "expected"),
    [
        ("Fallback", {"applied": 80, "partly": None, "failed": 20}, True),
        ("Fallback", {"applied": None, "partly": None, "failed": 50}, True),
        ("Fallback", {"applied": 100, "partly": None, "failed": None}, False),
        ("SonaFailures", {"sona": 30, "applied": 50, "partly": None, "failed": 50}, True),
        ("CacheFailures", {"cache": 2, "applied": 100, "partly": None, "failed": None}, True),
        ("CacheHitShare", {"hits": None, "misses": 20_000}, True),
        ("CacheHitShare", {"hits": 20_000, "misses": None}, False),
        ("PolicyRefused", {"searching": 1, "invalidating": None}, True),
        ("PolicyUnavailable", {"policy": None, "invalidating": None, "key": 6}, True),
        ("ProfileLetters", {"refused": 1, "dead": None}, True),
        ("ProfileLetters", {"refused": None, "dead": 0}, False),
        ("Retrieval", {"keyword": 6, "vector": None}, True),
        ("Throttles", {"searching": 1, "invalidating": 0, "collecting": None, "telling": None}, True),
    ],
)
def test_an_alarm_sees_a_metric_although_another_one_has_no_data(
    alarm: str, counts: dict[str, float | None], expected: bool, stack: Stack
) -> None:
    """Counts of ours have no data where nothing was counted."""
    assert sounds(properties(stack, alarm), counts) is expected


def test_arithmetic_without_data_has_no_result() -> None:
    assert evaluated("1 + two", {"two": None}) is None
    assert evaluated("SUM([one, two])", {"one": 1.0, "two": None}) == 1
    assert evaluated("one / two", {"one": 1.0, "two": 0.0}) is None
