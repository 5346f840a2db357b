"""The experiment in sentences."""

import json

import pytest

from discovery.policy.verdict import judge
from discovery_cli.experiment_tables import experiment_line
from tests.fakes import parameters

NOW = 1_767_355_200.0
"""2026-01-02T12:00:00Z."""


def line(**members: object) -> str:
    document = {"name": "spring", "traffic_allocation": 0.29, "variants": {"control": 0.5, "high_boost": 0.5}}
    stored = parameters({"experiment": json.dumps(document | members)})
    return experiment_line(judge(stored, NOW).accepted(), NOW)


def test_without_one_everybody_gets_the_default_weight() -> None:
    assert experiment_line(judge({}, NOW).accepted(), NOW).startswith("No experiment: ")


def test_it_has_its_allocation_its_shares_and_their_weights() -> None:
    assert line() == (
        "Experiment spring runs. Traffic allocation: 29 % of signed-in people. "
        "Variants: control 50 % (weight 0), high_boost 50 % (weight 0.4)."
    )


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"start": "2026-02-01T00:00:00Z"}, "spring starts at 2026-02-01 00:00:00Z."),
        ({"end": "2026-02-01T00:00:00Z"}, "spring runs until 2026-02-01 00:00:00Z."),
        ({"end": "2026-01-01T00:00:00Z"}, "spring ended at 2026-01-01 00:00:00Z."),
    ],
)
def test_it_has_the_time_that_comes_next(members: dict[str, str], said: str) -> None:
    assert said in line(**members)
