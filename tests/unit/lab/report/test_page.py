from pathlib import Path

import pytest

from lab.benchmarks.measure import BENCHMARKS
from lab.report.page import renewed, write_page
from lab.report.result import Comparison, Figure, Report, Result

BEGIN, END = "<!-- results of cached: written by `make bench` -->", "<!-- end of cached -->"
PAGE = f"# Title\n\nprose\n\n{BEGIN}\n\nold\n\n{END}\n\nmore prose\n"


def report(noise: float) -> Report:
    comparison = Comparison("a ÷ b", 2.0, 1.5, 2.5, target=3.0)
    result = Result("cached", "Cost", "demo", [Figure.of("a", [0.001])], [comparison], noise, notes=["a note"])
    return Report([result], machine="some machine", taken_at="2024-05-24", quick=False)


def test_the_prose_stays_and_the_results_are_replaced() -> None:
    assert renewed(PAGE, "cached", "new") == PAGE.replace("old", "new")


def test_renewing_twice_changes_nothing_more() -> None:
    once = renewed(PAGE, "cached", "new")
    assert renewed(once, "cached", "new") == once


@pytest.mark.parametrize("page", ["prose", f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}", f"{BEGIN}{END}{END}"])
def test_a_page_without_its_markers_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="each once"):
        renewed(page, "cached", "new")


def test_the_page_shows_ratios_with_interval_target_and_verdict(tmp_path: Path) -> None:
    (tmp_path / "template.md").write_text(PAGE)
    write_page({"cached": report(noise=0.01)}, tmp_path / "docs" / "page.md", template=tmp_path / "template.md")
    written = (tmp_path / "docs" / "page.md").read_text()
    assert "| a ÷ b | 2.00 × | 1.50 × – 2.50 × | ≤ 3.00 × | met |" in written
    assert "- a note" in written
    assert "NOISY" not in written


def test_the_page_says_when_the_machine_was_noisy(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(PAGE)
    write_page({"cached": report(noise=0.4)}, tmp_path / "page.md", template=tmp_path / "page.md")
    assert "NOISY" in (tmp_path / "page.md").read_text()


def test_the_projects_page_has_a_place_for_every_benchmark() -> None:
    page = (Path(__file__).parents[4] / "docs" / "benchmarks.md").read_text()
    for name in BENCHMARKS:
        assert renewed(page, name, "new") != page
