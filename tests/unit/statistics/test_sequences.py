"""Confidence sequences: the boundary, its p-value, and what they promise."""

import math

import numpy as np
import pytest

from discovery.statistics.sequences import always_valid_p, boundary, one_sided_boundary, paired_people


def test_the_boundary_is_the_papers() -> None:
    """Waudby-Smith et al. 2024, Theorem 2.2: a margin for a standard deviation of 1, here in standard errors."""
    n, alpha = 700.0, 0.05
    rho_squared = (-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / 10_000
    margin = math.sqrt(
        2 * (n * rho_squared + 1) / (n**2 * rho_squared) * math.log(math.sqrt(n * rho_squared + 1) / alpha)
    )

    assert boundary(n) == pytest.approx(margin * math.sqrt(n))


@pytest.mark.parametrize("people", [3.0, 100.0, 10_000.0, 1e8])
def test_p_is_5_percent_just_on_the_boundary(people: float) -> None:
    assert always_valid_p(boundary(people), people) == pytest.approx(0.05)
    assert always_valid_p(boundary(people) + 0.01, people) < 0.05 < always_valid_p(boundary(people) - 0.01, people)


def test_it_is_narrowest_near_the_people_that_it_is_tuned_for() -> None:
    widths = {people: boundary(people, tuned_for=10_000) / math.sqrt(people) for people in (9_000, 10_000, 11_000)}
    elsewhere = [boundary(10_000, tuned_for=other) / math.sqrt(10_000) for other in (1_000, 3_000, 30_000, 100_000)]

    assert widths[9_000] > widths[10_000] > widths[11_000]
    assert all(width > widths[10_000] for width in elsewhere)


def test_one_side_is_narrower_than_two() -> None:
    assert all(1.64 < one_sided_boundary(n) < boundary(n) for n in (100, 1_000, 10_000, 1e6))


def test_nobody_bounds_nothing() -> None:
    assert boundary(0) == one_sided_boundary(0) == math.inf
    assert always_valid_p(9.0, 0) == 1.0


def test_of_a_thousand_random_walks_at_most_one_in_twenty_ever_crosses() -> None:
    """10 000 people with a look after each; a fixed 1.96 is crossed by most of the walks."""
    chance = np.random.default_rng(11)
    people = np.arange(1, 10_001)
    edge = np.array([boundary(float(n)) for n in people])
    upper = np.array([one_sided_boundary(float(n)) for n in people])
    two_sided = above = fixed = 0
    for _ in range(1000):
        z = chance.standard_normal(10_000).cumsum() / np.sqrt(people)
        two_sided += bool((abs(z) > edge).any())
        above += bool((z > upper).any())
        fixed += bool((abs(z) > 1.96).any())

    assert two_sided <= 50
    assert above <= 50
    assert fixed > 500


def test_a_looser_boundary_would_be_found_out() -> None:
    """The walks do reach four fifths of it more often than one in twenty times: the test above can fail."""
    chance = np.random.default_rng(11)
    people = np.arange(1, 10_001)
    edge = 0.8 * np.array([boundary(float(n)) for n in people])
    crossed = sum(
        bool((abs(chance.standard_normal(10_000).cumsum() / np.sqrt(people)) > edge).any()) for _ in range(500)
    )

    assert crossed > 25


def test_two_groups_count_as_their_sum_if_they_are_equal() -> None:
    assert paired_people(500, 500) == 1000
    assert paired_people(10, 10_000) == pytest.approx(39.96, abs=0.01)
    assert paired_people(0, 5) == 0.0
