"""Experiments with a parameter each: which are in a policy, what is refused, and what they are worth to a person."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.errors import PolicyRefused, Refusal
from discovery.policy.parser import parse_policy
from discovery.policy.policy import Parameter, Participation, Policy
from discovery.policy.snapshot import decode, encode
from tests.fakes import parameters

DEFAULT = Policy(boost_weight=0.25)
NOW = 1_800_000_000.0
PLAIN = {"boost_weight": "0.3"}
EVERYBODY = {"traffic_allocation": 1}


def experiment(name: str, /, **members: Any) -> dict[str, str]:
    document = {
        "name": name,
        "traffic_allocation": 0.5,
        "variants": {"control": 0.5, "high_boost": 0.5},
        "layer": "weight",
    }
    return {f"experiments/{name}": json.dumps(document | members)}


def parsed(values: dict[str, str]) -> Policy:
    return parse_policy(parameters(values), DEFAULT, 1000.0)


def refused(values: dict[str, str] | dict[str, Parameter]) -> tuple[Refusal, ...]:
    given = {name: of if isinstance(of, Parameter) else Parameter(of, 1) for name, of in values.items()}
    with pytest.raises(PolicyRefused) as caught:
        parse_policy(given, DEFAULT, 1000.0)
    return caught.value.refusals


def test_running_experiments_are_in_the_policy_with_an_epoch_each() -> None:
    policy = parsed(experiment("spring") | experiment("summer", slot=0.5))

    assert [one.name for one in policy.experiments] == ["spring", "summer"]
    assert len(set(policy.epochs.values())) == 2


@pytest.mark.parametrize("status", ["draft", "paused", "completed"])
def test_others_make_no_difference_to_anybody(status: str) -> None:
    """Their variants may be gone, too: nobody gets them."""
    with_one = parsed(PLAIN | experiment("spring", status=status, variants={"removed": 1.0}))

    assert with_one == parsed(PLAIN)
    assert (with_one.version, set(with_one.parameters)) == (parsed(PLAIN).version, set(PLAIN))


def test_the_policy_of_a_snapshot_has_the_version_of_what_it_was_made_of() -> None:
    policy = parsed(PLAIN | experiment("spring") | experiment("summer", status="draft"))

    snapshot = encode(policy.parameters, 1000.0)

    assert "summer" not in snapshot
    assert decode(snapshot.encode(), DEFAULT, not_after=NOW) == policy


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (experiment("spring", variants={"nobody": 1.0}), "unknown variants: nobody"),
        (experiment("spring", name="summer"), "name is summer, unlike the parameter's"),
        ({"experiments/spring": "{}"}, "lacks an experiment"),
        ({"experiments/no good": json.dumps({})}, "an experiment's name must match"),
        (experiment("spring", status="over"), "status is none of draft, running, paused, completed"),
        (experiment("spring", mode="interleave"), "mode is none of ab, multileave"),
        (experiment("spring", layer=7), "layer is not a name"),
        (experiment("spring", slot=-0.1), "slot is not a number in [0, 1]"),
        (experiment("spring", slot=0.6), "slot and traffic_allocation sum to more than 1"),
        (experiment("spring", layer="page", variants={"No Good": 1.0}), "a variant's name must match"),
        (experiment("spring", mode="multileave", variants={"control": 1.0}), "needs two variants or more"),
        (experiment("spring", slots=1), "unknown members: slots"),
        ({"holdout": "1.5"}, "not in [0, 1]"),
        ({"holdout": "0.1", "variants/only": "0.3"}, "who is held out gets the variant control, which does not exist"),
        (
            {"experiment": experiment("spring", layer="page")["experiments/spring"]},
            "only a parameter experiments/… can be in another layer than weight",
        ),
    ],
)
def test_a_bad_one_is_refused_with_its_parameter_and_the_reason(values: dict[str, str], reason: str) -> None:
    (refusal,) = refused(values)

    assert refusal.parameter in values
    assert reason in refusal.reason


def test_of_two_that_overlap_the_one_set_last_is_refused() -> None:
    values = {name: Parameter(value, 1, 0.0) for name, value in (experiment("a") | experiment("b", slot=0.4)).items()}
    values["experiments/a"] = values["experiments/a"]._replace(modified_at=NOW)

    (refusal,) = refused(values)

    assert refusal.parameter == "experiments/a"
    assert "overlaps the slot of experiments/b in the layer weight" in refusal.reason


def test_the_parameter_of_old_has_the_weight_to_itself_and_its_name_too() -> None:
    old = {"experiment": experiment("spring", layer=None)["experiments/spring"]}

    (beside,) = refused(old | experiment("summer", slot=0.5))
    (twice,) = refused(old | experiment("spring", layer="page"))

    assert "one of them does not name the layer" in beside.reason
    assert "is an experiment of the name spring too" in twice.reason
    assert parsed(old | experiment("posters", layer="page")).experiment is not None


def test_a_person_is_told_every_layer_and_gets_the_weight_of_one() -> None:
    values = experiment("spring", **EVERYBODY, variants={"high_boost": 1.0}) | experiment(
        "posters", **EVERYBODY, layer="page", variants={"large": 1.0}
    )
    policy = parsed(values)

    assignment = policy.assign("ana", None, NOW)

    assert (assignment.variant, assignment.weight, assignment.assigned_by) == ("high_boost", 0.4, "experiment")
    assert assignment.layers == (
        Participation("page", "posters", "large", policy.epochs["posters"]),
        Participation("weight", "spring", "high_boost", policy.epochs["spring"]),
    )
    assert assignment.epoch == policy.epochs["spring"]


def test_a_request_takes_a_person_out_of_the_weights_layer_alone() -> None:
    values = experiment("spring", **EVERYBODY) | experiment("posters", **EVERYBODY, layer="page")

    assignment = parsed(values).assign("ana", "low_boost", NOW)

    assert (assignment.variant, assignment.assigned_by) == ("low_boost", "request")
    assert [one.experiment for one in assignment.layers] == ["posters"]


def test_who_is_held_out_is_in_no_experiment_and_gets_control() -> None:
    values = experiment("spring", **EVERYBODY) | experiment("posters", **EVERYBODY, layer="page") | {"holdout": "1"}

    assignment = parsed(values).assign("ana", None, NOW)

    assert (assignment.variant, assignment.weight, assignment.assigned_by) == ("control", 0.0, "holdout")
    assert assignment.layers == ()
    assert parsed(values).assign("ana", "low_boost", NOW).assigned_by == "request"


def test_a_multileaved_person_gets_all_weights_and_no_variant() -> None:
    policy = parsed(PLAIN | experiment("spring", **EVERYBODY, mode="multileave"))

    ana, ben = (policy.assign(user, None, NOW) for user in ("ana", "ben"))

    assert (ana.variant, ana.weight, ana.assigned_by, ana.experiment) == (None, 0.3, "experiment", "spring")
    assert ana.multileaved is not None
    assert ben.multileaved is not None
    assert ana.multileaved.weights == {"control": 0.0, "high_boost": 0.4}
    assert ana.multileaved.key != ben.multileaved.key
    assert ana.layers[0].variant is None
    assert not ana.is_control


def test_a_change_of_another_experiment_or_in_another_layer_starts_no_epoch() -> None:
    before = experiment("spring") | experiment("posters", layer="page")
    after = experiment("spring") | experiment("posters", layer="page", slot=0.5) | {"variants/control": "0"}
    weights = {"variants/control": "0.0", "variants/high_boost": "0.4"}

    one, other = parsed(before | weights), parsed(after | weights)

    assert one.epochs["spring"] == other.epochs["spring"]
    assert one.epochs["posters"] != other.epochs["posters"]


def test_a_changed_weight_starts_an_epoch_in_the_weights_layer_alone() -> None:
    values = experiment("spring") | experiment("posters", layer="page", variants={"control": 1.0})

    one, other = (
        parsed(values | {"variants/control": weight, "variants/high_boost": "0.4"}) for weight in ("0", "0.1")
    )

    assert one.epochs["spring"] != other.epochs["spring"]
    assert one.epochs["posters"] == other.epochs["posters"]


UNIT = st.floats(0, 1)
SLOTS = st.lists(
    st.tuples(
        st.floats(0, 1), st.floats(0, 1), st.sampled_from(["weight", "page"]), st.sampled_from(["draft", "running"])
    ),
    max_size=5,
)


@given(SLOTS, st.text(max_size=5))
def test_whatever_is_accepted_puts_nobody_twice_into_a_layer(slots: list[tuple[Any, ...]], user: str) -> None:
    values: dict[str, str] = {}
    for number, (slot, allocation, layer, status) in enumerate(slots):
        members = {"slot": slot, "traffic_allocation": allocation, "layer": layer, "status": status}
        values |= experiment(f"e{number}", **members)
    with contextlib.suppress(PolicyRefused):
        layers = [one.layer for one in parsed(values).assign(user, None, NOW).layers]
        assert len(layers) == len(set(layers))
