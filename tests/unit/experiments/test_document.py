"""An experiment as a document: written from its parts, and read without a policy."""

import json

import pytest

from discovery.experiments.document import NO_EXPERIMENT, experiment_document
from discovery.experiments.parser import parse_experiment


def test_what_is_written_is_what_is_read() -> None:
    text = experiment_document(
        "spring",
        {"control": 0.5, "high": 0.5},
        traffic_allocation=0.1,
        salt="s",
        start="2026-05-01T09:00:00Z",
        end="2026-05-15T09:00:00Z",
    )

    experiment = parse_experiment(text, ["control", "high"])

    assert experiment is not None
    assert (experiment.name, experiment.traffic_allocation, experiment.salt) == ("spring", 0.1, "s")
    assert dict(experiment.variants) == {"control": 0.5, "high": 0.5}
    assert (experiment.start, experiment.end) == (1_777_626_000.0, 1_778_835_600.0)


def test_what_is_not_given_is_left_out_and_everybody_takes_part() -> None:
    assert json.loads(experiment_document("spring", {"control": 1.0})) == {
        "name": "spring",
        "traffic_allocation": 1.0,
        "variants": {"control": 1.0},
    }


def test_an_experiment_on_variants_of_no_policy_is_read() -> None:
    experiment = parse_experiment(experiment_document("spring", {"anything": 1.0}))

    assert experiment is not None
    assert dict(experiment.variants) == {"anything": 1.0}


def test_no_experiment_is_none() -> None:
    assert parse_experiment(NO_EXPERIMENT) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("control: 0.5", "not JSON"),
        ("[]", "not a JSON object"),
        ('{"name": "s", "traffic_allocation": 1, "variants": [1]}', "variants is not an object"),
        (experiment_document("s", {"a": 0.5, "b": 0.9}), "the shares sum to 1.4, not to 1"),
    ],
)
def test_what_can_not_be_an_experiment_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_experiment(text)
