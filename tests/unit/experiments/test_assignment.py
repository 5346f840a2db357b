"""Assignment by hashing: pinned vectors, stickiness, shares, independence."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.experiments.assignment import assigned_variant, bucket
from discovery.experiments.experiment import Experiment

VARIANTS = {"control": 0.5, "high_boost": 0.3, "low_boost": 0.2}
USERS = [f"user-{number}" for number in range(50_000)]


def experiment(allocation: float = 0.5, name: str = "homepage", salt: str = "") -> Experiment:
    return Experiment(name, allocation, VARIANTS, salt)


@pytest.mark.parametrize(
    ("key", "first_8_bytes"),  # of `printf '%s' KEY | sha256sum`
    [
        ("", 0xE3B0C44298FC1C14),
        ("homepage:allocation:ana", 0x184EE4473F506FA7),
        ("homepage:variant:ana", 0xE16EE1111DC767A3),
        ("é:variant:user-1", 0x7A0B9C984BDF6F64),
    ],
)
def test_a_bucket_is_the_first_53_bits_of_sha_256_as_a_fraction(key: str, first_8_bytes: int) -> None:
    assert bucket(key) == (first_8_bytes // 2**11) / 2**53


def test_assignments_are_the_same_in_every_release_and_language() -> None:
    assert {
        user: assigned_variant(experiment(), user) for user in ("ana", "ben", "carla", "dev", "user-1", "user-2")
    } == {
        "ana": "low_boost",
        "ben": "control",
        "carla": "control",
        "dev": "control",
        "user-1": None,
        "user-2": "high_boost",
    }


@given(user=st.text(), allocation=st.floats(0, 1))
def test_a_user_gets_the_same_variant_at_every_call(user: str, allocation: float) -> None:
    assert assigned_variant(experiment(allocation), user) == assigned_variant(experiment(allocation), user)


def test_the_order_of_the_variants_does_not_matter() -> None:
    backwards = Experiment("homepage", 1.0, dict(reversed(VARIANTS.items())))

    assert all(assigned_variant(experiment(1.0), user) == assigned_variant(backwards, user) for user in USERS[:1000])


def test_raising_the_allocation_moves_nobody_who_was_in() -> None:
    assigned = [
        {user: variant for user in USERS if (variant := assigned_variant(experiment(allocation), user)) is not None}
        for allocation in (0.05, 0.2, 0.5, 1.0)
    ]

    for fewer, more in pairwise(assigned):
        assert fewer.items() < more.items()


def test_an_allocation_of_0_takes_nobody_and_of_1_everybody() -> None:
    assert all(assigned_variant(experiment(0.0), user) is None for user in USERS[:1000])
    assert all(assigned_variant(experiment(1.0), user) is not None for user in USERS[:1000])


def test_allocation_and_shares_are_met() -> None:
    counts = Counter(assigned_variant(experiment(0.5), user) for user in USERS)

    assigned = len(USERS) - counts[None]
    assert assigned / len(USERS) == pytest.approx(0.5, abs=0.01)
    for variant, share in VARIANTS.items():
        assert counts[variant] / assigned == pytest.approx(share, abs=0.015)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (experiment(1.0, name="homepage"), experiment(1.0, name="search")),
        (experiment(1.0, salt="first"), experiment(1.0, salt="second")),
    ],
    ids=["by name", "by salt"],
)
def test_experiments_assign_independently_of_each_other(one: Experiment, other: Experiment) -> None:
    pairs = Counter((assigned_variant(one, user), assigned_variant(other, user)) for user in USERS)

    for first, share in VARIANTS.items():
        for second, other_share in VARIANTS.items():
            assert pairs[first, second] / len(USERS) == pytest.approx(share * other_share, abs=0.01)


def test_taking_part_says_nothing_of_the_variant() -> None:
    few = Counter(assigned_variant(experiment(0.1), user) for user in USERS)

    assert few["control"] / (len(USERS) - few[None]) == pytest.approx(VARIANTS["control"], abs=0.03)


def test_a_renamed_experiment_with_the_old_name_as_salt_moves_nobody() -> None:
    renamed = experiment(name="homepage, second part", salt="homepage")

    assert all(assigned_variant(experiment(), user) == assigned_variant(renamed, user) for user in USERS[:1000])


def test_shares_that_sum_to_a_little_less_than_1_leave_nobody_out() -> None:
    rounded = Experiment("thirds", 1.0, {"a": 0.333333, "b": 0.333333, "c": 0.333333, "d": 0.0})

    assert set(Counter(assigned_variant(rounded, user) for user in USERS)) == {"a", "b", "c"}


def test_the_sliver_that_rounding_leaves_goes_to_a_variant_with_a_share() -> None:
    sliver = Experiment("sliver", 1.0, {"a": 1e-9, "b": 0.0})

    assert {assigned_variant(sliver, user) for user in USERS[:100]} == {"a"}
