from pathlib import Path

import numpy as np
import pytest

from lab.report.result import Comparison, Figure, Report, Result, amount


@pytest.mark.parametrize(
    ("low", "value", "high", "noisy", "verdict"),
    [
        (1.0, 1.5, 2.0, False, "met"),
        (1.0, 1.5, 2.0, True, "met"),
        (3.1, 3.5, 4.0, False, "missed"),
        (2.0, 2.5, 3.5, False, "too close to tell"),
        (2.0, 2.5, 3.5, True, "too noisy to tell"),
    ],
)
def test_a_verdict_needs_the_whole_interval(low: float, value: float, high: float, noisy: bool, verdict: str) -> None:
    assert Comparison("ratio", value, low, high, target=3.0).verdict(noisy=noisy) == verdict


def test_a_target_may_be_a_lower_bound() -> None:
    comparison = Comparison("scored", 100, 100, 100, unit="scores", target=100, at_least=True)
    assert comparison.verdict(noisy=False) == "met"


def test_a_comparison_is_the_median_over_the_blocks_with_its_interval() -> None:
    comparison = Comparison.of("ratio", np.array([3.0, 1.0, 2.0]))
    assert comparison.value == 2.0
    assert 1.0 <= comparison.low <= 2.0 <= comparison.high <= 3.0


def test_without_a_target_there_is_no_verdict() -> None:
    assert Comparison("cost", 1, 1, 1).verdict(noisy=True) == ""


def test_a_percentile_that_too_few_samples_lie_beyond_is_left_out() -> None:
    few, more, many = (Figure.of("search", [0.001] * count) for count in (19, 20, 100))
    assert (few.p95, few.p99) == (None, None)
    assert more.p95 == pytest.approx(1.0)
    assert more.p99 is None
    assert many.p99 == pytest.approx(1.0)


def test_a_report_is_read_as_it_was_saved(tmp_path: Path) -> None:
    result = Result(
        benchmark="cached",
        title="Cost",
        catalogue="demo",
        figures=[Figure.of("search", [0.001, 0.002])],
        comparisons=[Comparison("ratio", 2.0, 1.5, 2.5, target=3.0)],
        noise=0.2,
        notes=["a note"],
        grid=[["head"], ["cell"]],
        series={"parts": {"token": 1.0}},
    )
    report = Report([result], "Measured on some machine.")
    report.save(tmp_path / "below" / "cached.json")
    assert Report.load(tmp_path / "below" / "cached.json") == report


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.1234, "0.123 ms"),
        (1.234, "1.23 ms"),
        (12.34, "12.3 ms"),
        (1234.5, "1,234 ms"),
        (-2.5, "-2.50 ms"),
        (None, "–"),
    ],
)
def test_amounts_have_three_digits(value: float | None, shown: str) -> None:
    assert amount(value, "ms") == shown
