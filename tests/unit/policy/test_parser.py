"""From parameters to a policy, or to a refusal that says which values and why."""

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from discovery.errors import PolicyRefused, Refusal
from discovery.names import VARIANT_PATTERN
from discovery.policy.parser import parse_policy
from discovery.policy.policy import DEFAULT_VARIANTS, Parameter, Policy
from tests.fakes import parameters

DEFAULT = Policy(boost_weight=0.25)
NOON = 1_767_355_200.0
"""2026-01-02, 12:00:00 UTC."""


def parsed(values: Mapping[str, str], read_at: float = 1000.0) -> Policy:
    return parse_policy(parameters(values), DEFAULT, read_at)


def refused(values: Mapping[str, str]) -> tuple[Refusal, ...]:
    with pytest.raises(PolicyRefused) as caught:
        parsed(values)
    return caught.value.refusals


def experiment(**changes: Any) -> str:
    document = {"name": "homepage", "traffic_allocation": 0.5, "variants": {"control": 0.5, "high_boost": 0.5}}
    return json.dumps(document | changes)


BAD_WEIGHTS = [
    ("1.5", "not in [0, 1]"),
    ("-0.1", "not in [0, 1]"),
    ("abc", "not a number"),
    ("NaN", "not a number"),
    ("inf", "not a number"),
    ("-inf", "not a number"),
    ("1e400", "not in [0, 1]"),
    ("", "not a number"),
    ("  \n", "not a number"),
    ("0,25", "not a number"),
    ("25%", "not a number"),
    ("0.2_5", "not a number"),
    ("０.５", "not a number"),  # noqa: RUF001 - digits of another script
]


@pytest.mark.parametrize("parameter", ["boost_weight", "variants/high_boost"])
@pytest.mark.parametrize(("value", "reason"), BAD_WEIGHTS)
def test_a_bad_weight_is_refused_with_parameter_value_and_reason(parameter: str, value: str, reason: str) -> None:
    assert refused({parameter: value}) == (Refusal(parameter, value.strip(), reason),)


WHOLE, NAMED = "not a whole number of 0 or more", f"a variant's name must match {VARIANT_PATTERN}"


@pytest.mark.parametrize(
    ("parameter", "value", "reason"),
    [
        ("enabled", "yes", "neither true nor false"),
        ("cache_generation", "-1", WHOLE),
        ("variants/High", "0.4", NAMED),
    ],
)
def test_a_refusal_says_what_would_be_accepted(parameter: str, value: str, reason: str) -> None:
    assert refused({parameter: value}) == (Refusal(parameter, value, reason),)


@pytest.mark.parametrize(
    ("text", "on"), [("true", True), ("TRUE", True), ("True\n", True), ("false", False), (" FALSE", False)]
)
@pytest.mark.parametrize("default", [True, False])
def test_the_switch_is_what_it_says_whatever_its_case_and_the_built_in_policy(
    text: str, on: bool, default: bool
) -> None:
    policy = parse_policy(parameters({"enabled": text}), replace(DEFAULT, enabled=default), 0)

    assert policy.enabled is on


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("enabled", "yes"),
        ("enabled", "1"),
        ("enabled", ""),
        ("cache_generation", "-1"),
        ("cache_generation", "1.5"),
        ("cache_generation", "many"),
        ("cache_generation", "1" * 16),
        ("experiment", "not JSON"),
        ("variants/High", "0.4"),
        ("variants/", "0.4"),
        ("variants/a b", "0.4"),
        ("variants/a/b", "0.4"),
        ("variants/1st", "0.4"),
    ],
)
def test_every_other_bad_value_is_refused_by_name(parameter: str, value: str) -> None:
    (refusal,) = refused({parameter: value})

    assert (refusal.parameter, refusal.value) == (parameter, value)
    assert refusal.reason


def test_all_that_is_wrong_is_said_at_once() -> None:
    names = [refusal.parameter for refusal in refused({"boost_weight": "2", "enabled": "no", "variants/x": "?"})]

    assert sorted(names) == ["boost_weight", "enabled", "variants/x"]


def test_an_experiment_is_not_refused_for_a_variant_whose_weight_is() -> None:
    values = {"experiment": experiment(), "variants/control": "0", "variants/high_boost": "2"}

    assert [refusal.parameter for refusal in refused(values)] == ["variants/high_boost"]


def test_an_experiment_on_a_variant_that_was_removed_is_refused() -> None:
    (refusal,) = refused({"experiment": experiment(), "variants/control": "0"})

    assert (refusal.parameter, refusal.reason) == ("experiment", "unknown variants: high_boost")


@pytest.mark.parametrize("value", ["0.4\n", " 0.4", "4e-1", ".4"])
def test_a_weight_may_have_white_space_around_it(value: str) -> None:
    assert parsed({"variants/high_boost": value}).variants["high_boost"] == 0.4


def test_no_parameters_give_the_built_in_policy() -> None:
    policy = parsed({})

    assert (policy.boost_weight, policy.enabled, policy.experiment, policy.cache_generation) == (0.25, True, None, 0)
    assert policy.variants == DEFAULT_VARIANTS
    assert (policy.version, policy.epoch) == ("default", None)


def test_every_parameter_is_read() -> None:
    values = {
        "enabled": "False",
        "boost_weight": "0.3",
        "variants/control": "0",
        "variants/brave": "1",
        "experiment": experiment(variants={"control": 0.25, "brave": 0.75}),
        "cache_generation": "7",
    }

    policy = parsed(values)

    assert (policy.enabled, policy.boost_weight, policy.cache_generation, policy.read_at) == (False, 0.3, 7, 1000.0)
    assert dict(policy.variants) == {"control": 0.0, "brave": 1.0}
    assert policy.experiment is not None
    assert dict(policy.experiment.variants) == {"control": 0.25, "brave": 0.75}
    assert policy.parameters == parameters(values)


def test_names_that_this_version_does_not_know_are_ignored() -> None:
    assert parsed({"of_the_future": "?"}).boost_weight == 0.25


def test_the_version_changes_with_every_value() -> None:
    versions = {
        parsed(values).version
        for values in (
            {},
            {"boost_weight": "0.25"},
            {"boost_weight": "0.26"},
            {"boost_weight": "0.25", "variants/high_boost": "0.4"},
            {"boost_weight": "0.25", "cache_generation": "1"},
            {"boost_weight": "0.25", "experiment": experiment()},
        )
    }

    assert len(versions) == 6


def test_the_version_depends_neither_on_order_nor_on_white_space_nor_on_the_time() -> None:
    one = parsed({"boost_weight": "0.3", "enabled": "true"}, 1)
    other = parsed({"enabled": "true\n", "boost_weight": " 0.3"}, 2)

    assert one.version == other.version
    assert len(one.version) == 6


SET = {
    "experiment": Parameter(experiment(), 3, NOON),
    "variants/control": Parameter("0", 1, NOON - 500),
    "variants/high_boost": Parameter("0.4", 2, NOON - 100),
    "variants/low_boost": Parameter("0.1", 5, NOON + 100),
    "boost_weight": Parameter("0.25", 9, NOON + 200),
}


def epoch(**changes: Parameter) -> str:
    named = {name.replace("__", "/"): parameter for name, parameter in changes.items()}
    found = parse_policy(SET | named, DEFAULT, 0).epoch
    assert found is not None
    return found


def test_an_epoch_begins_when_the_experiment_or_a_weight_in_it_was_last_set() -> None:
    assert epoch().startswith("20260102T120000Z-")
    assert epoch(variants__control=Parameter("0.1", 2, NOON + 60)).startswith("20260102T120100Z-")


def test_every_change_of_the_experiment_or_of_a_weight_in_it_starts_an_epoch() -> None:
    epochs = {
        epoch(),
        epoch(experiment=Parameter(experiment(traffic_allocation=0.6), 4, NOON)),
        epoch(experiment=Parameter(experiment(salt="pepper"), 4, NOON)),
        epoch(variants__high_boost=Parameter("0.5", 3, NOON - 100)),
        epoch(variants__high_boost=Parameter("0.4", 4, NOON - 100)),  # back to what it was, and not the same time again
    }

    assert len(epochs) == 5


def test_another_weight_in_the_built_in_policy_starts_an_epoch_where_no_parameter_sets_it() -> None:
    only = {"experiment": Parameter(experiment(), 1, NOON)}
    epochs = {
        parse_policy(only, replace(DEFAULT, variants={"control": 0.0, "high_boost": weight}), 0).epoch
        for weight in (0.4, 0.5)
    }

    assert len(epochs) == 2


def test_an_epochs_time_is_utc_wherever_this_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert epoch().startswith("20260102T120000Z-")
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_same_parameters_have_the_same_version_and_epoch_in_every_release() -> None:
    """Else a release would end every experiment's epoch."""
    policy = parse_policy(SET, DEFAULT, 0)

    assert (policy.version, policy.epoch) == ("f4f371", "20260102T120000Z-47de13")


def test_what_is_not_in_the_experiment_starts_none() -> None:
    others = {"variants__low_boost": Parameter("0.2", 6, NOON + 900), "boost_weight": Parameter("0.3", 10, NOON + 900)}

    assert epoch(**others) == epoch()


def test_later_epochs_sort_last() -> None:
    edits = [epoch(variants__high_boost=Parameter(f"0.{n}", n, NOON + n)) for n in range(1, 10)]

    assert edits == sorted(edits)


def test_a_variant_that_only_the_built_in_policy_knows_may_take_part() -> None:
    policy = parse_policy({"experiment": Parameter(experiment(), 1, NOON)}, DEFAULT, 0)

    assert policy.epoch is not None
    assert policy.epoch.startswith("20260102T120000Z-")
