"""Whatever texts the parameters hold, they are a policy or a refusal that names them."""

import json
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from discovery.errors import PolicyRefused, Refusal
from discovery.policy.parser import parse_policy, switched_off
from discovery.policy.policy import Parameter, Policy

DEFAULT = Policy(boost_weight=0.25)

EXPERIMENTS = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["homepage", "", "\ud800", 7]),
        "traffic_allocation": st.floats() | st.integers() | st.text(max_size=3),
        "variants": st.dictionaries(st.sampled_from(["control", "high_boost", "brave"]), st.floats() | st.integers()),
        "start": st.sampled_from(["2026-05-01T09:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:60Z", 1]),
        "end": st.sampled_from(["2026-05-01T08:00:00Z", "9999-12-31T23:59:59-23:59", None]),
        "salt": st.text(max_size=3),
    },
).map(json.dumps)
NUMBERS = (
    st.floats().map(str) | st.integers().map(str) | st.sampled_from(["1e-400", "-0", "1" * 5_000, "0." + "9" * 400])
)
VALUES = st.text() | NUMBERS | EXPERIMENTS | st.sampled_from(["true", "false", " FALSE\n", "{}", "[" * 2_000])
NAMES = st.sampled_from(
    ["enabled", "boost_weight", "experiment", "cache_generation", "variants/control", "variants/high_boost"]
) | st.text(max_size=10).map(lambda name: f"variants/{name}")
PARAMETERS = st.dictionaries(
    NAMES | st.text(max_size=10), st.builds(Parameter, VALUES, st.integers(1, 99), st.floats(0, 4e9)), max_size=6
)


def policy_or_refusals(parameters: Mapping[str, Parameter]) -> Policy | set[Refusal]:
    try:
        return parse_policy(parameters, DEFAULT, 1000.0)
    except PolicyRefused as refused:
        return set(refused.refusals)


@given(PARAMETERS)
def test_any_parameters_are_a_policy_of_sound_weights_or_are_refused_by_name(
    parameters: Mapping[str, Parameter],
) -> None:
    read = policy_or_refusals(parameters)

    if isinstance(read, Policy):
        assert all(0 <= weight <= 1 for weight in [read.boost_weight, *read.variants.values()])
        assert read.cache_generation >= 0
        assert read.experiment is None or set(read.experiment.variants) <= set(read.variants)
        assert (read.epoch is None) == (read.experiment is None)
    else:
        assert read
        assert {refusal.parameter for refusal in read} <= set(parameters)
        assert all(refusal.reason for refusal in read)


@given(PARAMETERS)
def test_the_same_parameters_in_another_order_are_the_same_policy(parameters: Mapping[str, Parameter]) -> None:
    backwards = dict(reversed(list(parameters.items())))

    assert policy_or_refusals(parameters) == policy_or_refusals(backwards)


@given(PARAMETERS, st.sampled_from(["false", " False ", "FALSE\n"]))
def test_the_switch_works_whatever_else_is_there(parameters: Mapping[str, Parameter], off: str) -> None:
    policy = switched_off({**parameters, "enabled": Parameter(off)}, {}, DEFAULT, 1000.0)

    assert policy is not None
    assert not policy.enabled
