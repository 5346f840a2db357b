"""What an edit would do, before it is written."""

import json

import pytest

from discovery.errors import PolicyRefused
from discovery.policy.consequences import consequences
from discovery.policy.edit import Edit, propose
from discovery.policy.policy import Parameter
from tests.fakes import parameters

NOW = 1_767_355_200.0
EXPERIMENT = json.dumps({"name": "spring", "traffic_allocation": 0.1, "variants": {"control": 0.5, "high_boost": 0.5}})
STORED = {"boost_weight": "0.25", "variants/control": "0.0", "variants/high_boost": "0.40", "variants/low": "0.1"}


def proposed(name: str, value: str | None, stored: dict[str, str] | None = None) -> Edit:
    return propose(parameters(STORED if stored is None else stored), name, value, NOW)


def said_of(edit: Edit) -> str:
    return "\n".join(consequences(edit))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("1.5", "not in [0, 1]"),
        ("-0.1", "not in [0, 1]"),
        ("abc", "not a number"),
        ("NaN", "not a number"),
        ("inf", "not a number"),
        ("", "not a number"),
    ],
)
def test_a_bad_weight_is_refused_with_its_reason(value: str, reason: str) -> None:
    with pytest.raises(PolicyRefused) as caught:
        proposed("variants/high_boost", value)

    assert caught.value.refusals == (("variants/high_boost", value, reason),)


def test_a_value_is_trimmed() -> None:
    assert proposed("boost_weight", " 0.3\n").value == "0.3"


@pytest.mark.parametrize("value", ["0.40", "0.4", "4e-1", "0.4\n"])
def test_the_same_weight_in_other_words_changes_nothing(value: str) -> None:
    assert proposed("variants/high_boost", value).changes_nothing


def test_the_built_in_value_written_down_is_a_change() -> None:
    assert not proposed("boost_weight", "0.25", {}).changes_nothing


def test_a_weight_in_the_experiment_starts_an_epoch_and_says_so() -> None:
    edit = proposed("variants/high_boost", "0.5", STORED | {"experiment": EXPERIMENT})

    assert edit.starts_epoch
    assert "new epoch of the experiment spring" in said_of(edit)


@pytest.mark.parametrize(("name", "value"), [("boost_weight", "0.3"), ("variants/low", "0.2"), ("enabled", "false")])
def test_what_is_outside_the_experiment_starts_none(name: str, value: str) -> None:
    edit = proposed(name, value, STORED | {"experiment": EXPERIMENT})

    assert not edit.starts_epoch
    assert said_of(edit) == ""


def test_another_experiment_ends_the_one_that_runs() -> None:
    said = said_of(proposed("experiment", EXPERIMENT.replace("spring", "summer"), STORED | {"experiment": EXPERIMENT}))

    assert "ends the experiment spring" in said
    assert "epoch of the experiment summer" in said


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ({"end": "2020-01-01T00:00:00Z"}, "The end of the experiment spring has passed, so it assigns nobody."),
        ({"start": "2031-01-01T00:00:00Z"}, "The experiment spring assigns nobody before its start."),
        ({"start": "2020-01-01T00:00:00Z", "end": "2031-01-01T00:00:00Z"}, ""),
    ],
)
def test_an_experiment_that_does_not_run_now_is_said_not_to(times: dict[str, str], said: str) -> None:
    edit = proposed("experiment", json.dumps(json.loads(EXPERIMENT) | times))

    assert said in said_of(edit)
    assert bool(said) == ("assigns nobody" in said_of(edit))


def test_a_new_name_is_said_to_be_a_new_variant() -> None:
    assert said_of(proposed("variants/brave", "0.9")) == "brave is a new variant."


def test_the_first_variant_in_parameter_store_is_said_to_end_the_built_in_ones() -> None:
    assert "replaces the built-in ones: control, " in said_of(proposed("variants/brave", "0.9", {}))


def test_removing_the_last_variant_is_said_to_bring_the_built_in_ones_back() -> None:
    assert "apply again" in said_of(proposed("variants/only", None, {"variants/only": "0.5"}))


def test_a_variant_of_the_experiment_can_not_be_removed() -> None:
    with pytest.raises(PolicyRefused, match="unknown variants: high_boost"):
        proposed("variants/high_boost", None, STORED | {"experiment": EXPERIMENT})


def test_two_bad_values_are_mended_one_by_one() -> None:
    bad = STORED | {"boost_weight": "abc", "variants/low": "1.5"}

    first = proposed("boost_weight", "0.3", bad)
    second = proposed("variants/low", "0.3", bad | {"boost_weight": "0.3"})

    assert "The policy stays refused: variants/low = '1.5'" in said_of(first)
    assert said_of(second) == "The policy was refused until now. With this edit it is accepted."


def test_a_bad_value_is_not_written_again_because_it_is_there_already() -> None:
    with pytest.raises(PolicyRefused):
        proposed("boost_weight", "abc", STORED | {"boost_weight": "abc"})


def test_an_edit_while_the_switch_is_off_says_that_nothing_will_be_seen() -> None:
    assert "switched off" in said_of(proposed("boost_weight", "0.3", STORED | {"enabled": "false"}))


def test_the_edit_counts_from_what_was_read() -> None:
    edit = propose({"boost_weight": Parameter("0.2", 7, NOW - 60)}, "boost_weight", "0.3", NOW)

    assert edit.old == Parameter("0.2", 7, NOW - 60)
    assert edit.after.parameters["boost_weight"] == Parameter("0.3", 8, NOW)
