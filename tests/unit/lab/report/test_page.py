"""Generated parts between markers, and the prose around them."""

from pathlib import Path

import pytest

from lab.benchmarks.measure import BENCHMARKS
from lab.faults.__main__ import PAGE as RELIABILITY
from lab.faults.__main__ import PARTS as FAULTS
from lab.propagation.__main__ import PAGE as WEIGHTS
from lab.propagation.__main__ import PART as PROPAGATION
from lab.report.page import Part, check_page, write_page

PART = Part("cached", "bench")
BEGIN, END = "<!-- results of cached: written by `make bench` -->", "<!-- end of cached -->"
TEXT = f"# Title\n\nprose\n\n{BEGIN}\n\nold\n\n{END}\n\nmore prose\n"


def test_the_prose_stays_and_the_results_are_replaced() -> None:
    assert PART.renewed(TEXT, "new\n") == TEXT.replace("old", "new")


def test_renewing_twice_changes_nothing_more() -> None:
    once = PART.renewed(TEXT, "new")
    assert PART.renewed(once, "new") == once


@pytest.mark.parametrize(
    "text", ["", "prose", BEGIN, f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}", f"{BEGIN}{END}{END}"]
)
def test_a_page_without_its_markers_is_left_alone(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)

    with pytest.raises(ValueError, match="each once"):
        write_page(page, {PART: "new"})
    assert page.read_text() == text


def test_a_page_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_page(tmp_path / "page.md", {PART: "new"})
    assert not list(tmp_path.iterdir())


def test_a_page_may_be_written_after_another_one(tmp_path: Path) -> None:
    (tmp_path / "template.md").write_text(TEXT)

    write_page(tmp_path / "docs" / "page.md", {PART: "new"}, template=tmp_path / "template.md")

    assert (tmp_path / "docs" / "page.md").read_text() == TEXT.replace("old", "new")
    assert (tmp_path / "template.md").read_text() == TEXT


def test_the_projects_pages_have_a_place_for_every_result() -> None:
    check_page(RELIABILITY.with_name("benchmarks.md"), [Part(name, "bench") for name in BENCHMARKS])
    check_page(RELIABILITY, FAULTS.values())
    check_page(WEIGHTS, [PROPAGATION])
