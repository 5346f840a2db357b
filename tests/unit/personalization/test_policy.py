"""From parameters to a policy, or to a refusal that says which value and why."""

import json
from typing import Any

import pytest

from discovery.errors import PolicyRefused
from discovery.personalization.policy import DEFAULT_VARIANTS, Assignment, Policy, parse_policy

DEFAULT = Policy(boost_weight=0.25)
NAMES = {"name": "homepage", "traffic_allocation": 0.5, "variants": {"control": 0.5, "high_boost": 0.5}}


def parsed(**parameters: str) -> Policy:
    return parse_policy({name.replace("__", "/"): value for name, value in parameters.items()}, DEFAULT, 1000.0)


def experiment(**changes: Any) -> str:
    return json.dumps(NAMES | changes)


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
    with pytest.raises(PolicyRefused) as refused:
        parse_policy({parameter: value}, DEFAULT, 0)

    assert (refused.value.parameter, refused.value.value, refused.value.reason) == (parameter, value.strip(), reason)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("not JSON", "not JSON"),
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "needs a name"),
        ("7", "needs a name"),
        ("null", "needs a name"),
        (experiment(name=""), "needs a name"),
        (experiment(name=7), "needs a name"),
        (json.dumps({"name": "homepage", "variants": {"control": 1}}), "needs a name"),
        (json.dumps({"name": "homepage", "traffic_allocation": 1}), "needs a name"),
        (experiment(variants=["control"]), "needs a name"),
        (experiment(traffic_allocation=1.1), "traffic_allocation is not a number in [0, 1]"),
        (experiment(traffic_allocation=-0.1), "traffic_allocation is not a number in [0, 1]"),
        (experiment(traffic_allocation="0.5"), "traffic_allocation is not a number in [0, 1]"),
        (experiment(traffic_allocation=True), "traffic_allocation is not a number in [0, 1]"),
        (experiment(traffic_allocation=float("nan")), "traffic_allocation is not a number in [0, 1]"),
        (experiment(variants={"control": 0.6, "high_boost": 0.6}), "the shares sum to 1.2, not to 1"),
        (experiment(variants={}), "the shares sum to 0, not to 1"),
        (experiment(variants={"control": 1.5, "high_boost": -0.5}), "a share is not a number in [0, 1]"),
        (experiment(variants={"control": "1"}), "a share is not a number in [0, 1]"),
        (experiment(variants={"control": 0.5, "mystery": 0.5}), "unknown variants: mystery"),
    ],
)
def test_a_broken_experiment_is_refused_with_the_reason(value: str, reason: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        parsed(experiment=value)

    assert (refused.value.parameter, refused.value.value) == ("experiment", value)
    assert refused.value.reason.startswith(reason)


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
        ("variants/High", "0.4"),
        ("variants/", "0.4"),
        ("variants/a b", "0.4"),
        ("variants/a/b", "0.4"),
        ("variants/1st", "0.4"),
    ],
)
def test_every_other_bad_value_is_refused_by_name(parameter: str, value: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        parse_policy({parameter: value}, DEFAULT, 0)

    assert (refused.value.parameter, refused.value.value) == (parameter, value)
    assert refused.value.reason


def test_an_experiment_on_a_variant_that_was_removed_is_refused() -> None:
    with pytest.raises(PolicyRefused, match="unknown variants: high_boost"):
        parsed(experiment=experiment(), variants__control="0")


@pytest.mark.parametrize("value", ["0.4\n", " 0.4", "4e-1", ".4"])
def test_a_weight_may_have_white_space_around_it(value: str) -> None:
    assert parsed(variants__high_boost=value).variants["high_boost"] == 0.4


def test_no_parameters_give_the_built_in_policy() -> None:
    policy = parsed()

    assert (policy.boost_weight, policy.enabled, policy.experiment, policy.cache_generation) == (0.25, True, None, 0)
    assert policy.variants == DEFAULT_VARIANTS
    assert policy.version == "default"


def test_the_built_in_variants_are_those_of_the_design() -> None:
    assert dict(DEFAULT_VARIANTS) == {
        "control": 0.0,
        "low_boost": 0.15,
        "medium_boost": 0.25,
        "high_boost": 0.40,
        "aggressive_boost": 0.60,
    }


def test_every_parameter_is_read() -> None:
    policy = parsed(
        enabled="False",
        boost_weight="0.3",
        variants__control="0",
        variants__brave="1",
        experiment=experiment(variants={"control": 0.25, "brave": 0.75}, salt="pepper"),
        cache_generation="7",
    )

    assert (policy.enabled, policy.boost_weight, policy.cache_generation, policy.read_at) == (False, 0.3, 7, 1000.0)
    assert dict(policy.variants) == {"control": 0.0, "brave": 1.0}
    assert policy.experiment is not None
    assert (policy.experiment.name, policy.experiment.salt) == ("homepage", "pepper")
    assert policy.experiment.traffic_allocation == 0.5
    assert dict(policy.experiment.variants) == {"control": 0.25, "brave": 0.75}


def test_an_empty_object_says_that_no_experiment_runs() -> None:
    assert parsed(experiment="{}").experiment is None


def test_names_that_this_version_does_not_know_are_ignored() -> None:
    assert parsed(of_the_future="?").boost_weight == 0.25


def test_the_version_changes_with_every_value() -> None:
    versions = {
        parsed(**values).version
        for values in (
            {},
            {"boost_weight": "0.25"},
            {"boost_weight": "0.26"},
            {"boost_weight": "0.25", "variants__high_boost": "0.4"},
            {"boost_weight": "0.25", "cache_generation": "1"},
            {"boost_weight": "0.25", "experiment": experiment()},
        )
    }

    assert len(versions) == 6


def test_the_version_depends_neither_on_order_nor_on_white_space_nor_on_the_time() -> None:
    one = parse_policy({"boost_weight": "0.3", "enabled": "true"}, DEFAULT, 1)
    other = parse_policy({"enabled": "true\n", "boost_weight": " 0.3"}, DEFAULT, 2)

    assert one.version == other.version
    assert len(one.version) == 6


def test_a_requested_variant_wins_over_the_experiment() -> None:
    policy = parsed(experiment=experiment(traffic_allocation=1))

    assert policy.assign("ana", "aggressive_boost") == Assignment("aggressive_boost", 0.6, "request")


def test_inside_the_allocation_the_experiment_assigns() -> None:
    policy = parsed(experiment=experiment(traffic_allocation=1, variants={"high_boost": 1}))

    assert policy.assign("ana", None) == Assignment("high_boost", 0.4, "experiment")


def test_outside_the_allocation_and_without_an_experiment_the_default_weight_applies() -> None:
    outside = parsed(boost_weight="0.3", experiment=experiment(traffic_allocation=0))

    assert outside.assign("ana", None) == Assignment(None, 0.3, "default")
    assert parsed(boost_weight="0.3").assign("ana", None) == Assignment(None, 0.3, "default")


def test_a_requested_variant_that_the_policy_does_not_know_is_as_none() -> None:
    assert parsed().assign("ana", "removed") == Assignment(None, 0.25, "default")
