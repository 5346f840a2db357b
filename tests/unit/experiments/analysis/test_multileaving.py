"""Which weight people prefer."""

import re

import numpy as np
import pytest

from discovery.experiments.analysis.credits import Credits
from discovery.experiments.analysis.multileaving import preferences
from discovery.experiments.analysis.people import Floats

TWO = ("control", "medium_boost")


def drawn(variants: tuple[str, ...], shares: list[float], people: int, seed: int = 1) -> Credits:
    chance = np.random.default_rng(seed)
    return Credits(variants, chance.multinomial(3, shares, people).astype(float))


def test_the_preferred_weight_is_told_with_its_share() -> None:
    found = preferences(drawn(TWO, [0.44, 0.56], 4000))

    assert re.fullmatch(r"medium_boost preferred over control: \.5[4-8] \[\.5\d, \.\d\d\] of credit", found.verdict)
    (pair,) = found.pairs
    assert (pair.first, pair.second, pair.people, pair.decided) == ("medium_boost", "control", 4000, True)
    assert pair.interval.holds(0.56)
    assert found.order_decided


def test_all_credit_of_a_person_counts() -> None:
    credit = np.array([[6.0, 0.0], *[[0.0, 1.0]] * 2])

    found = preferences(Credits(TWO, credit))

    assert {share.variant: share.share for share in found.shares} == {"control": 0.75, "medium_boost": 0.25}
    assert found.pairs[0].share == 0.75


def test_one_person_decides_nothing_however_much_they_click() -> None:
    credit = np.array([[1_000_000.0, 0.0], *[[1.0, 0.0]] * 20, *[[0.0, 1.0]] * 20])

    (pair,) = preferences(Credits(TWO, credit)).pairs

    assert not pair.decided
    assert pair.interval.holds(0.5)


def test_credit_that_all_share_is_no_preference_and_no_noise() -> None:
    chance = np.random.default_rng(3)
    disputed = chance.multinomial(1, [0.4, 0.6], 600).astype(float)
    agreed = 0.5 * chance.poisson(2, (600, 1))

    without, with_ = preferences(Credits(TWO, disputed)).pairs[0], preferences(Credits(TWO, disputed + agreed)).pairs[0]

    assert with_.p_sequential == without.p_sequential < 0.05
    assert 0.5 < with_.share < without.share


def test_who_gave_no_credit_does_not_count() -> None:
    found = preferences(Credits(TWO, np.array([[0.0, 0.0], [1.0, 0.0]])))

    assert found.people == 1
    assert not found.pairs[0].decided


def test_equal_weights_are_not_decided() -> None:
    found = preferences(drawn(TWO, [0.5, 0.5], 1000))

    assert not found.pairs[0].decided
    assert found.verdict.startswith("not decided yet: ")
    assert found.verdict.endswith("1,000 people gave credit")


def test_the_order_of_five_weights_is_found_and_told() -> None:
    names = ("a", "b", "c", "d", "e")

    found = preferences(drawn(names, [0.12, 0.16, 0.2, 0.24, 0.28], 8000))

    assert [share.variant for share in found.shares] == ["e", "d", "c", "b", "a"]
    assert found.order_decided
    assert found.verdict.startswith("e preferred over d: .")
    assert found.verdict.endswith("; e > d > c > b > a")
    assert sum(share.share for share in found.shares) == pytest.approx(1.0)
    assert len(found.pairs) == 10


def test_neighbours_that_are_not_told_apart_are_marked() -> None:
    found = preferences(drawn(("a", "b", "c"), [0.4, 0.4, 0.2], 2000))

    assert re.search(r"preferred over c: .*; [ab] ≈ [ab] > c$", found.verdict)
    assert not found.order_decided


def test_the_sequence_excludes_a_half_just_when_its_p_does() -> None:
    for seed in range(60):
        (pair,) = preferences(drawn(TWO, [0.42, 0.58], 150, seed)).pairs
        assert pair.sequence.holds(0.5) == (pair.p_sequential > 0.05)


def test_p_is_exact_for_few_people() -> None:
    """Of the 256 ways that eight people may lean, a share of at most 5 % is ever called decided, looking after each."""
    ways = _all_ways(8)
    called = 0
    for way in ways:
        looks = (Credits(TWO, np.column_stack([way[:n], 1 - way[:n]])) for n in range(1, 9))
        called += any(preferences(look).pairs[0].p_sequential <= 0.05 for look in looks)

    assert called <= 0.05 * len(ways)


def _all_ways(people: int) -> Floats:
    return np.array([[float(number >> bit & 1) for bit in range(people)] for number in range(2**people)])


def test_an_experiment_without_credit_says_so() -> None:
    found = preferences(Credits(TWO, np.zeros((5, 2))))

    assert found.verdict == "never ran: nobody clicked or played anything that a weight contributed"
    assert found.pairs == ()


def test_an_experiment_of_one_weight_says_so() -> None:
    assert preferences(Credits(("only",), np.ones((50, 1)))).verdict == "cannot be read: only is the only weight"


def test_credit_for_other_weights_than_named_is_refused() -> None:
    with pytest.raises(ValueError, match="for 2 variants"):
        Credits(TWO, np.ones((4, 3)))
