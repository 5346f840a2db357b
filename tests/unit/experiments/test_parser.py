"""From the `experiment` parameter to an experiment, or to the reason why it is none."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.experiments.experiment import Experiment
from discovery.experiments.parser import parse_experiment

VARIANTS = {"control": 0.0, "high_boost": 0.4}
LACKS = "lacks {} (or is {{}} for no experiment)"
ALLOCATION = "traffic_allocation is not a number in [0, 1]"


def experiment(**changes: Any) -> str:
    document = {"name": "homepage", "traffic_allocation": 0.5, "variants": {"control": 0.5, "high_boost": 0.5}}
    return json.dumps(document | changes)


def reason(text: str) -> str:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the message is what is tested
        parse_experiment(text, VARIANTS)
    return str(refused.value)


@pytest.mark.parametrize("text", ["not JSON", "", "{", "'{}'", "[" * 100_000])
def test_what_is_not_json_is_refused_as_such(text: str) -> None:
    assert reason(text).startswith("not JSON: ")


@pytest.mark.parametrize("text", ["[]", "7", "null", '"homepage"'])
def test_what_is_no_object_is_refused_as_such(text: str) -> None:
    assert reason(text) == "not a JSON object"


@pytest.mark.parametrize(
    ("text", "because"),
    [
        (json.dumps({"name": "homepage", "variants": {"control": 1}}), LACKS.format("traffic_allocation")),
        (json.dumps({"name": "homepage"}), LACKS.format("traffic_allocation, variants")),
        (experiment(ends="2026-05-01T00:00:00Z"), "unknown members: ends"),
        ('{"name": "a", "name": "b"}', "a member is there twice"),
        (experiment(name=""), "name is not a text"),
        (experiment(name=7), "name is not a text"),
        (experiment(salt=7), "salt is not a text"),
        (experiment(name="\ud800"), "holds half of a surrogate pair"),
        (experiment(salt="\udfff"), "holds half of a surrogate pair"),
        (experiment(variants={"\ud800": 1}), "holds half of a surrogate pair"),
        (experiment(traffic_allocation=1.1), ALLOCATION),
        (experiment(traffic_allocation=-0.1), ALLOCATION),
        (experiment(traffic_allocation="0.5"), ALLOCATION),
        (experiment(traffic_allocation=True), ALLOCATION),
        (experiment(traffic_allocation=float("nan")), ALLOCATION),
        (experiment(traffic_allocation=None), ALLOCATION),
        (experiment(variants=["control"]), "variants is not an object of shares by name"),
        (experiment(variants={"control": 0.6, "high_boost": 0.6}), "the shares sum to 1.2, not to 1"),
        (experiment(variants={"control": 0.5, "high_boost": 0.500002}), "the shares sum to 1.000002, not to 1"),
        (experiment(variants={}), "the shares sum to 0, not to 1"),
        (experiment(variants={"control": 1.5, "high_boost": -0.5}), "a share is not a number in [0, 1]"),
        (experiment(variants={"control": "1"}), "a share is not a number in [0, 1]"),
        (experiment(variants={"control": 0.5, "mystery": 0.5}), "unknown variants: mystery"),
    ],
)
def test_a_broken_experiment_is_refused_with_the_reason(text: str, because: str) -> None:
    assert reason(text) == because


@pytest.mark.parametrize(
    "time",
    ["", "tomorrow", "2026-05-01", "2026-05-01T09:00:00", "2026-05-01 09:00:00Z", "20260501T090000Z", 1777626000],
)
def test_a_time_that_is_not_of_rfc_3339_is_refused(time: object) -> None:
    assert reason(experiment(start=time)) == "start is not a time of RFC 3339, such as 2026-05-01T09:00:00Z"


@pytest.mark.parametrize("time", ["2026-02-30T09:00:00Z", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00+99:00"])
def test_a_time_that_never_is_is_refused(time: str) -> None:
    assert reason(experiment(end=time)) == "end is a time that never is"


def test_an_experiment_must_end_after_it_starts() -> None:
    assert reason(experiment(start="2026-05-01T09:00:00Z", end="2026-05-01T10:00:00+01:00")) == "end is not after start"


def test_every_member_is_read() -> None:
    text = experiment(salt="pepper", start="1970-01-01T01:00:10+01:00", end="1970-01-01T00:00:20.5z")

    assert parse_experiment(text, VARIANTS) == Experiment(
        "homepage", 0.5, {"control": 0.5, "high_boost": 0.5}, "pepper", 10.0, 20.5
    )


@pytest.mark.parametrize("text", ["{}", " { }\n"])
def test_an_empty_object_says_that_there_is_none(text: str) -> None:
    assert parse_experiment(text, VARIANTS) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["name", "variants", "control", "start"]), inner),
)


@given(st.text() | st.builds(lambda value: experiment(variants=value), json_values) | json_values.map(json.dumps))
def test_whatever_is_there_is_an_experiment_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        parsed = parse_experiment(text, VARIANTS)
        assert parsed is None or sum(parsed.variants.values()) == pytest.approx(1)
