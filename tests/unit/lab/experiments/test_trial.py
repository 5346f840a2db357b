"""Simulated A/B tests: who is in them, and what they did by when."""

import numpy as np
import pytest

from discovery.experiments.assignment import assigned_variant
from discovery.experiments.experiment import Experiment
from lab.experiments.crowd import DAYS, crowd, mean_searches
from lab.experiments.known_effects import true_difference
from lab.experiments.trial import assigned, trial
from tests.unit.lab.experiments.made import a_world

SHOWN = {"control": "control", "medium_boost": "medium_boost"}


def test_people_are_assigned_by_the_code_of_the_service() -> None:
    experiment = Experiment("test", 1.0, {"b": 0.5, "a": 0.5}, "salt")

    places = assigned(experiment, 50, after=7)

    names = [assigned_variant(experiment, f"{number:032x}") for number in range(7, 57)]
    assert [("b", "a")[place] for place in places] == names


def test_a_look_sees_only_who_has_come_and_sums_only_grow() -> None:
    made = trial(a_world(), SHOWN, 300, (9, 1))

    looks = list(made.looks())

    assert len(looks) == DAYS
    assert len(looks[0].variant) < len(looks[-1].variant) == 300
    assert all(look.sums["searches"].min() >= 1 for look in looks)
    assert all(np.all(np.diff(made.sums[name], axis=0) >= 0) for name in made.sums)


def test_the_same_seed_gives_the_same_trial_and_another_one_another() -> None:
    first, again, other = (trial(a_world(), SHOWN, 200, seed) for seed in ((1, 2), (1, 2), (1, 3)))

    np.testing.assert_array_equal(first.sums["clicks"], again.sums["clicks"])
    assert (first.variant != other.variant).any()


def test_people_search_as_often_as_is_expected() -> None:
    everybody = crowd(20_000, 3, 2, np.random.default_rng(3))

    mean = len(everybody.searches.person) / everybody.size

    assert mean == pytest.approx(mean_searches(DAYS - 1), rel=0.02)


def test_before_the_experiment_everybody_is_shown_control() -> None:
    made = trial(a_world(), SHOWN, 8000, (4, 4))

    searches, clicks = made.before["searches"], made.before["clicks"]
    rates = [clicks[made.variant == place].sum() / searches[made.variant == place].sum() for place in (0, 1)]

    assert rates[0] == pytest.approx(rates[1], rel=0.05)


@pytest.mark.parametrize("metric", ["click_through", "plays", "minutes"])
def test_the_mean_difference_of_a_large_trial_is_the_true_one(metric: str) -> None:
    world = a_world()
    made = trial(world, SHOWN, 40_000, (5, 5)).look(DAYS - 1)
    numerator = {"click_through": "searches_clicked"}.get(metric, metric)

    def value(place: int) -> float:
        chosen = made.variant == place
        below = made.sums["searches"][chosen].sum() if metric == "click_through" else chosen.sum()
        return float(made.sums[numerator][chosen].sum() / below)

    truth, relative = true_difference(world, metric, DAYS - 1)
    assert value(1) - value(0) == pytest.approx(truth, rel=0.08)
    assert relative > 0.2
