"""What titles are to people, from what they rated later."""

import numpy as np

from lab.experiments.tastes import DISLIKED, LIKED, PASSABLE, POPULAR, SEEN, UNRATED, appeal_of, titles
from tests.unit.lab.experiments.made import IDS, PEOPLE, a_recording


def test_a_title_is_to_somebody_what_they_rated_it_later() -> None:
    ana, ben, _ = titles(PEOPLE, IDS)

    assert ana[5].tolist() == list(LIKED)
    assert ana[4].tolist() == list(DISLIKED)
    assert ben[1].tolist() == list(PASSABLE)
    assert ana[0].tolist() == list(SEEN)


def test_an_unrated_title_is_clicked_the_more_the_more_people_rated_it() -> None:
    *_, cem = titles(PEOPLE, IDS)

    assert cem[2, 0] == UNRATED.click
    assert cem[4, 0] == UNRATED.click + POPULAR * 2 / 3


def test_each_rank_has_the_appeal_of_its_title_and_those_without_one_have_none() -> None:
    appeal = appeal_of(PEOPLE, a_recording())

    assert appeal.click[0, 1, 1, 0] == LIKED.click
    assert appeal.click[0, 1, 0, 5] == LIKED.click
    assert np.all(appeal.click[..., 6:] == 0)
