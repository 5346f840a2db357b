"""Tables on a narrow terminal."""

import io

import pytest
from rich.console import Console

from discovery_cli.tables import table


@pytest.mark.parametrize(
    "value", ["variants/aggressive_boost", '{"name":"spring","variants":{"control":0.5,"low":0.5}}']
)
def test_nothing_is_cut_short(value: str) -> None:
    console = Console(file=io.StringIO(), width=24)

    console.print(table(["parameter", "now"], [(value, "0.4")]))

    printed = console.file.getvalue()  # type: ignore[attr-defined]
    cells = (line.split("│")[1].strip() for line in printed.splitlines() if line.startswith("│"))
    assert "".join(cells) == value
