"""Multileaved pages and races between weights."""

from dataclasses import replace

import numpy as np
import pytest

from lab.experiments.crowd import crowd
from lab.experiments.leaving import Drafts
from lab.experiments.orders import kendall
from lab.experiments.race import Race
from lab.experiments.world import World
from tests.unit.lab.experiments.made import a_world


def test_each_result_keeps_the_appeal_that_it_has_for_whoever_is_shown_it() -> None:
    world = a_world()

    drafts = Drafts.of(world, ("control", "medium_boost"))

    clicks = drafts.appeal.click.reshape(drafts.team.shape)
    for person, query, number in np.ndindex(drafts.team.shape[:3]):
        own = world.appeal.click[person, query, 0, :6]
        assert sorted(clicks[person, query, number, :6]) == sorted(own)
        assert sorted(drafts.team[person, query, number].tolist()) == [-1, -1, 0, 0, 0, 1, 1, 1]


def test_drafts_of_a_page_differ_and_each_weight_is_first_in_about_half() -> None:
    first = Drafts.of(a_world(), ("control", "medium_boost")).team[..., 0]

    assert 0.35 < first.mean() < 0.65


def test_the_weight_that_shows_what_is_liked_first_gets_more_credit() -> None:
    chance = np.random.default_rng(0)
    drafts = Drafts.of(a_world(), ("control", "medium_boost"))

    control, boost = drafts.credits(crowd(400, 3, 2, chance), chance).credit.sum(axis=0)

    assert boost > 1.2 * control > 0


def test_two_weights_with_the_same_pages_get_about_the_same_credit() -> None:
    chance = np.random.default_rng(0)
    drafts = Drafts.of(a_world(("control", "one", "other")), ("one", "other"))

    one, other = drafts.credits(crowd(2000, 3, 2, chance), chance).credit.sum(axis=0)

    assert one == other > 0  # exactly: whatever is clicked, both would have chosen it


def test_shares_divide_the_clicks_that_teams_are_credited_with() -> None:
    drafts = Drafts.of(a_world(), ("control", "medium_boost"))
    everybody = crowd(400, 3, 2, np.random.default_rng(0))

    by_shares, by_teams = (way(everybody, np.random.default_rng(1)) for way in (drafts.credits, drafts.team_credits))

    assert np.allclose(by_shares.credit.sum(axis=1), by_teams.credit.sum(axis=1))


def test_who_clicks_at_random_is_clicking_on_ranks_and_not_on_titles() -> None:
    drafts = Drafts.of(a_world(), ("control", "medium_boost"))

    click = drafts.clicked_at_random(np.array([0.0, 0.3, *[0.0] * 6])).appeal.click

    assert click[:, 1].tolist() == [0.3] * len(click)
    assert click.sum() == pytest.approx(0.3 * len(click))


def test_both_ways_find_the_better_weight_and_multileaving_with_fewer_searches() -> None:
    race = Race(a_world(), ("control", "medium_boost"), most=20_000)

    tested, multileaved, by_teams = race.by_test(1), race.by_multileaving(1), race.by_teams(1)

    assert tested.better == multileaved.better == by_teams.better == race.better == "medium_boost"
    assert multileaved.searches < tested.searches


def test_a_race_between_equals_is_given_up() -> None:
    race = Race(a_world(("control", "one", "other")), ("one", "other"), most=400)

    assert race.by_test(0).better is None
    assert race.by_multileaving(0)[1:] == (400, None)
    assert race.by_teams(0)[1:] == (400, None)


def test_leanings_are_the_difference_in_clicks_that_the_ranks_of_two_weights_would_make() -> None:
    # With results that are examined as 1/rank and nobody satisfied, they are an unbiased estimate of it.
    world = a_world()
    appeal = replace(world.appeal, stop=np.zeros_like(world.appeal.stop))
    world = World(world.recording, appeal)
    everybody = crowd(60_000, 3, 2, np.random.default_rng(1))

    found = Drafts.of(world, ("control", "medium_boost")).leanings(world, everybody, np.random.default_rng(2))

    truth = np.diff(world.truth.clicks.mean(axis=(0, 1)))[0]
    estimate = found.sum() / len(everybody.searches.person)
    assert abs(estimate - truth) < 0.03 * abs(truth)


def test_kendalls_tau_is_one_for_the_same_order_and_minus_one_for_the_reverse() -> None:
    values = np.array([1.0, 2.0, 3.0, 4.0])

    assert kendall(values, 10 * values) == 1
    assert kendall(values, -values) == -1
    assert kendall(values, np.array([1.0, 2.0, 4.0, 3.0])) == 4 / 6
