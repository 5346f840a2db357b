"""Policies and edits as tables and sentences."""

import io

import pytest
from rich.console import Console, RenderableType

from discovery.policy.edit import propose
from discovery.policy.verdict import judge
from discovery.policy.version import Version
from discovery_cli import tables
from tests.fakes import parameters

NOW = 1_767_355_200.0


def printed(part: RenderableType, width: int = 200) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(part)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def row(part: RenderableType) -> list[str]:
    """The cells of a table's only row."""
    (line,) = (line for line in printed(part).splitlines() if line.startswith("│"))
    return [cell.strip() for cell in line.strip("│").split("│")]


@pytest.mark.parametrize(
    "value", ["variants/aggressive_boost", '{"name":"spring","variants":{"control":0.5,"low":0.5}}']
)
def test_nothing_is_cut_short_on_a_narrow_terminal(value: str) -> None:
    lines = printed(tables.table(["parameter", "now"], [(value, "0.4")]), width=24).splitlines()

    cells = (line.split("│")[1].strip() for line in lines if line.startswith("│"))
    assert "".join(cells) == value


@pytest.mark.parametrize(
    ("name", "value", "cells"),
    [
        ("boost_weight", "0.5", ["boost_weight", "0.3", "0.5"]),
        ("enabled", "false", ["enabled", "true (built-in)", "false"]),
        ("variants/brave", "0.9", ["variants/brave", "–", "0.9"]),
        ("variants/calm", None, ["variants/calm", "0.1", "removed"]),
    ],
)
def test_an_edit_is_shown_with_its_old_and_its_new_value(name: str, value: str | None, cells: list[str]) -> None:
    stored = parameters({"boost_weight": "0.3", "variants/calm": "0.1"})

    assert row(tables.edit(propose(stored, name, value, NOW))) == cells


def test_a_version_is_shown_with_the_end_of_its_authors_arn() -> None:
    version = Version(3, "", NOW, "arn:aws:sts::1:assumed-role/operator/ana", ("good",))

    assert row(tables.history([version])) == ["3", "''", "2026-01-02 12:00:00Z", "assumed-role/operator/ana", "good"]


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"enabled": "false"}, "Personalization is OFF."),
        ({"boost_weight": "2"}, "The policy is refused, so searches keep the last good one. boost_weight = '2': not"),
    ],
)
def test_the_policy_is_put_in_a_sentence(values: dict[str, str], line: str) -> None:
    assert line in tables.policy_line(judge(parameters(values), NOW))
