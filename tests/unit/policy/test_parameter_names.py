"""Which parameter an operator means, and what may be done to it."""

from collections.abc import Callable

import pytest

from discovery.errors import RequestInvalid
from discovery.policy.parameter_names import parameter_name, reversible_name, variant_name, weight_name


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("boost_weight", "boost_weight"),
        ("enabled", "enabled"),
        ("high_boost", "variants/high_boost"),
        ("variants/high_boost", "variants/high_boost"),
        ("variants/enabled", "variants/enabled"),
    ],
)
def test_a_name_that_is_no_parameter_is_short_for_a_variant(typed: str, meant: str) -> None:
    assert parameter_name(typed) == meant


@pytest.mark.parametrize("name", ["boost_weight", "high_boost", "variants/new"])
def test_the_default_weight_and_variants_are_weights(name: str) -> None:
    assert weight_name(name) == parameter_name(name)


@pytest.mark.parametrize(
    ("check", "name", "reason"),
    [
        (weight_name, "enabled", "enabled is not a weight."),
        (weight_name, "experiment", "experiment is not a weight."),
        (weight_name, "cache_generation", "cache_generation is not a weight."),
        (variant_name, "boost_weight", "boost_weight is not a variant. Only variants can be removed."),
        (reversible_name, "cache_generation", "cache_generation can't go back: an earlier value would bring old"),
    ],
)
def test_what_may_not_be_edited_so_is_refused_with_its_reason(
    check: Callable[[str], str], name: str, reason: str
) -> None:
    with pytest.raises(RequestInvalid) as refused:
        check(name)

    assert refused.value.field == "name"
    assert refused.value.detail.startswith(reason)
