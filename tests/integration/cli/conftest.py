"""The command line against a real SSM API."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from discovery_cli import main

Discovery = Callable[..., Result]
"""Runs `discovery` with arguments, on the test's own stage."""


@pytest.fixture
def discovery(aws: pytest.MonkeyPatch, stage: str) -> Discovery:
    runner = CliRunner()
    return lambda *arguments: runner.invoke(main, arguments, env={"DISCOVERY_STAGE": stage, "COLUMNS": "220"})


@pytest.fixture
def values(discovery: Discovery) -> Callable[[], dict[str, Any]]:
    """What Parameter Store holds, by `weights list --json`."""

    def read() -> dict[str, Any]:
        rows = json.loads(discovery("weights", "list", "--json").stdout)["parameters"]
        return {row["name"]: row["value"] for row in rows if row["source"] != "built-in"}

    return read
