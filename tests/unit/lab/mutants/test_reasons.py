"""Reasons of survivors: every survivor has one, and every one has its survivor."""

from pathlib import Path

import pytest

from lab.mutants.__main__ import PAGE, PART, modules_to_mutate
from lab.mutants.mutant import Change, Mutant
from lab.mutants.page import survivors, table
from lab.mutants.reasons import complaints, doubtful, read_reasons
from lab.report.page import check_page
from local.stack.processes import ROOT

ONE, OTHER = Change("a.one", "x < y", "x <= y"), Change("b.other", "'x'", "None")
FILE = """
[[survivors]]
in = 'a.one'
reason = 'x is never y'
mutants = [['x < y', 'x <= y']]
"""


def tried(module: str, change: Change | None, function: str = "one") -> Mutant:
    return Mutant(f"discovery.{module}.x_{function}__mutmut_1", module, change)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "survivors.toml"
    path.write_text(text)
    return path


def test_reasons_are_read_by_change(tmp_path: Path) -> None:
    assert read_reasons(written(tmp_path, FILE)) == {ONE: "x is never y"}


@pytest.mark.parametrize("text", [FILE + FILE, FILE.replace("x is never y", " ")])
def test_a_change_has_one_reason(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match="needs one reason"):
        read_reasons(written(tmp_path, text))


def test_survivors_with_a_reason_are_fine() -> None:
    assert complaints([ONE, ONE], {ONE: "x is never y"}, ["a", "b"]) == []


def test_a_survivor_without_a_reason_is_named_as_the_file_would_have_it() -> None:
    (complaint,) = complaints([ONE, OTHER], {ONE: "x is never y"}, ["a", "b"])

    assert complaint.endswith("in = 'b.other'  [''''x'''', 'None']")


def test_a_reason_without_a_survivor_is_named_if_its_module_was_tried() -> None:
    assert len(complaints([], {ONE: "x is never y", OTHER: "?"}, ["a"])) == 1


def test_killed_mutants_of_a_function_with_a_reason_too_many_are_doubtful() -> None:
    mutants = [tried("a", None), tried("a", None, "two"), tried("b", OTHER, "other")]

    assert doubtful(mutants, {ONE: "x is never y", OTHER: "?"}) == ["discovery.a.x_one__mutmut_1"]
    assert doubtful(mutants, {OTHER: "?"}) == []


def test_the_table_counts_by_module_and_the_list_says_why() -> None:
    mutants = [tried("a", None), tried("a", ONE), tried("b", None), tried("b", None)]

    assert table(mutants).rows == [
        ("`a`", "1", "2", "50.0%"),
        ("`b`", "2", "2", "100.0%"),
        ("all", "3", "4", "75.0%"),
    ]
    assert survivors(mutants, {ONE: "x is never y"}) == "- `a.one`: x is never y\n  - `` x < y `` → `` x <= y ``"


def test_the_committed_page_and_reasons_are_about_modules_that_exist() -> None:
    check_page(PAGE, [PART])
    modules = modules_to_mutate()
    reasons = read_reasons(ROOT / "lab" / "mutants" / "survivors.toml")

    assert all((ROOT / "layers/discovery/discovery" / f"{name.replace('.', '/')}.py").is_file() for name in modules)
    assert all(any(change.place.startswith(f"{name}.") for name in modules) for change in reasons)
