"""What the service makes of parameters, listed for an operator."""

import pytest

from discovery.errors import PolicyRefused
from discovery.policy.policy import Parameter
from discovery.policy.verdict import ListedParameter, Verdict, judge

NOW = 1_767_355_200.0
ARN = "arn:aws:iam::1:user/ana"


def judged(**values: str) -> Verdict:
    return judge({name: Parameter(value, 2, NOW) for name, value in values.items()}, NOW)


def listed(verdict: Verdict, name: str) -> ListedParameter:
    return next(row for row in verdict.listed({name: ARN}) if row.name == name)


def test_what_is_stored_and_accepted_has_its_version_time_and_author() -> None:
    row = listed(judged(boost_weight="0.3"), "boost_weight")

    assert row == ListedParameter("boost_weight", "0.3", 2, NOW, ARN, "parameter store", accepted=True, reason=None)


def test_what_is_missing_is_built_in_variants_last() -> None:
    rows = judged().listed({})

    assert {row.source for row in rows} == {"built-in"}
    assert {row.version for row in rows} == {None}
    assert [row.name for row in rows][:2] == ["boost_weight", "cache_generation"]
    assert rows[-1].name.startswith("variants/")


def test_a_stored_variant_replaces_all_built_in_ones() -> None:
    rows = judged(**{"variants/brave": "0.9"}).listed({})

    assert [row.name for row in rows if row.name.startswith("variants/")] == ["variants/brave"]


def test_a_name_that_the_service_does_not_know_is_ignored() -> None:
    assert listed(judged(future="yes"), "future").source == "ignored"


def test_a_bad_value_is_listed_with_its_reason_and_refuses_the_policy() -> None:
    verdict = judged(boost_weight="1.5")
    row = listed(verdict, "boost_weight")

    assert (row.accepted, row.reason) == (False, "not in [0, 1]")
    with pytest.raises(PolicyRefused, match="boost_weight"):
        verdict.accepted()


def test_an_author_that_is_not_known_is_none() -> None:
    (row,) = [row for row in judged(boost_weight="0.3").listed({"boost_weight": ""}) if row.name == "boost_weight"]

    assert row.modified_by is None
