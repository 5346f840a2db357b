"""How the policy's experiment stands at a moment."""

import json
from collections.abc import Mapping

import pytest

from discovery.policy.experiment_status import ExperimentStatus, VariantStatus, experiment_status, phase
from discovery.policy.policy import Parameter
from discovery.policy.verdict import judge

MIDDLE = 1_767_355_200.0
"""2026-01-02T12:00:00Z."""
DAY = 86_400
TIMES = {"start": "2026-01-01T12:00:00Z", "end": "2026-01-05T12:00:00Z"}


def status(members: Mapping[str, str] = TIMES, *, now: float = MIDDLE, enabled: bool = True) -> ExperimentStatus | None:
    document = {"name": "spring", "traffic_allocation": 0.1, "variants": {"control": 0.25, "high_boost": 0.75}}
    values = {"experiment": json.dumps({**document, **members}), "enabled": str(enabled).lower()}
    parameters = {name: Parameter(value, 1, MIDDLE - 60) for name, value in values.items()}
    return experiment_status(judge(parameters, now).accepted(), now)


def test_without_an_experiment_there_is_no_status() -> None:
    assert experiment_status(judge({}, MIDDLE).accepted(), MIDDLE) is None


def test_a_running_experiment_has_its_shares_salt_and_days_left() -> None:
    found = status()

    assert found is not None
    assert (found.runs, found.days_left, found.set_at, found.salt) == (True, 3.0, MIDDLE - 60, "spring")
    assert found.variants == {
        "control": VariantStatus(0.0, 0.25, 0.025),
        "high_boost": VariantStatus(0.4, 0.75, 0.75 * 0.1),
    }


@pytest.mark.parametrize(
    ("now", "runs", "days_left"), [(MIDDLE - 2 * DAY, False, 5.0), (MIDDLE, True, 3.0), (MIDDLE + 3 * DAY, False, 0.0)]
)
def test_it_runs_from_its_start_until_just_before_its_end(now: float, runs: bool, days_left: float) -> None:
    found = status(now=now)

    assert found is not None
    assert (found.runs, found.days_left) == (runs, days_left)


def test_an_experiment_without_an_end_has_no_days_left_and_its_own_salt() -> None:
    found = status({"salt": "another"})

    assert found is not None
    assert (found.days_left, found.salt) == (None, "another")


def test_while_personalization_is_switched_off_nothing_runs() -> None:
    found = status(enabled=False)

    assert found is not None
    assert (found.runs, found.enabled) == (False, False)


@pytest.mark.parametrize(
    ("now", "expected"),
    [(MIDDLE - 2 * DAY, "scheduled"), (MIDDLE, "running"), (MIDDLE + 3 * DAY, "ended")],
)
def test_an_experiment_is_scheduled_then_running_then_ended(now: float, expected: str) -> None:
    text = json.dumps({"name": "spring", "traffic_allocation": 1, "variants": {"control": 1}} | TIMES)
    experiment = judge({"experiment": Parameter(text, 1, 0.0)}, now).accepted().experiment

    assert experiment is not None
    assert phase(experiment, now) == expected
