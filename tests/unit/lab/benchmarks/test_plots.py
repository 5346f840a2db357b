"""The benchmarks' plots, of far more samples than a run takes."""

import random
from pathlib import Path
from typing import Any

import pytest

from lab.benchmarks.plots import images, write_plots
from lab.report.result import Report, Result

MAX_BYTES = 60_000
_chance = random.Random(1)  # noqa: S311 - samples, not secrets
SAMPLES = [_chance.lognormvariate(2, 0.3) for _ in range(10_000)]
COUNTS = ("1", "2", "4", "8")
SERIES: dict[str, dict[str, Any]] = {
    "cached": {
        "parts": {"token": 0.1, "blend": 0.2},
        "bare": 1.0,
        "latencies": {"anonymous": SAMPLES, "personalized": SAMPLES},
    },
    "whole": {
        "environments": {count: [80.0, 70.0, 90.0] for count in COUNTS},
        "ceiling": dict.fromkeys(COUNTS, 80.0),
    },
    "growth": {"sizes": [1_000, 10_000, 100_000]}
    | {name: [1.0, 2.0, 4.0] for name in ("build_s", "open_ms", "search_ms", "bundle_mb", "memory_mb")},
    "cold_start": {"cold_ms": {"init": SAMPLES, "Python": SAMPLES}},
}


@pytest.mark.parametrize("benchmark", SERIES)
def test_a_plot_of_ten_thousand_samples_is_small(tmp_path: Path, benchmark: str) -> None:
    results = [Result(benchmark, "Title", f"{name}, 1 title", [], [], 0.0, series=SERIES[benchmark]) for name in "ab"]

    write_plots({benchmark: Report(results, "Measured.")}, tmp_path)

    files = list(tmp_path.iterdir())
    assert files
    assert all(file.name in images(benchmark) for file in files)
    assert max(file.stat().st_size for file in files) < MAX_BYTES


def test_a_benchmark_without_series_has_no_plot(tmp_path: Path) -> None:
    write_plots({"cached": Report([Result("cached", "Title", "", [], [], 0.0)], "Measured.")}, tmp_path)
    assert not list(tmp_path.iterdir())
