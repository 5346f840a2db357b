"""Scores against figures computed by hand on a model of five titles."""

import math

import numpy as np
import pytest

from sona.history import History
from sona.profile import NOBODY, Profile
from sona.scoring import PARTS, because, score, taste_of
from tests.unit.engine.small import HALF, IDS, small_model, watched

MODEL = small_model()


def parts_of(profile: Profile, title: str) -> dict[str, float]:
    found = score(taste_of(profile, MODEL), MODEL, MODEL.rows([title]))
    return dict(zip(PARTS, found.parts[0].tolist(), strict=True))


def evidence_of(profile: Profile, title: str) -> dict[str, float]:
    """Undo the calibration: score = evidence² / (evidence² + half²)."""
    parts = parts_of(profile, title)
    score = sum(parts.values())
    total = HALF * math.sqrt(score / (1 - score))
    return {name: part * total / score for name, part in parts.items()}


def met(*titles: str) -> Profile:
    return Profile(1, History.of([watched(title, day) for day, title in enumerate(titles, start=1)]))


def test_the_evidence_of_one_liked_title_is_that_of_the_formulas() -> None:
    found = evidence_of(met("alien"), "aliens")

    assert found["liked"] == pytest.approx(0.5)  # liking 1 · weight 0.5
    assert found["recent"] == pytest.approx(0.8 * 0.5)  # the newest event, unfaded
    assert found["content"] == pytest.approx(0.2)  # the same text
    assert found["popular"] == 0  # neither popular nor dated


def test_older_events_count_less_as_recent_and_as_much_as_liked() -> None:
    found = evidence_of(met("alien", "notting-hill", "heat"), "aliens")

    assert found["liked"] == pytest.approx(0.5)
    assert found["recent"] == pytest.approx(0.8 * 0.5 * 0.5 ** (2 / 20), rel=1e-6)


def test_popularity_is_that_of_the_year_and_counts_less_with_every_event() -> None:
    found = evidence_of(met("heat"), "notting-hill")

    assert found["popular"] == pytest.approx(0.1 + 0.4 * math.exp(-1 / 30))


def test_newness_is_that_of_the_title_at_the_time_of_the_newest_event() -> None:
    found = evidence_of(met("heat"), "alien")

    new = 1 - math.log1p(2026 - 1979) / math.log1p(100)
    assert found["popular"] == pytest.approx(0.5 * (0.1 + 0.4 * math.exp(-1 / 30)) + 0.05 * new)


def test_a_newcomer_gets_what_is_popular_over_all_the_years_and_most_lately() -> None:
    found = evidence_of(NOBODY, "notting-hill")

    assert found == pytest.approx(
        {"liked": 0, "recent": 0, "content": 0, "popular": 0.5 * (0.75 * (0 + 1) / 2 + 0.25 * 1)}
    )


def test_to_a_newcomer_titles_are_as_new_as_in_the_newest_year_that_the_model_knows() -> None:
    new = 1 - math.log(1 + 2026 - 1979) / math.log(1 + 100)

    found = evidence_of(NOBODY, "alien")

    assert found["popular"] == pytest.approx(0.5 * (0.75 * 0.5 / 2 + 0.25 * 0.5) + 0.05 * new)


def test_a_genre_chosen_at_sign_up_speaks_for_titles_about_the_same() -> None:
    newcomer = Profile(1, genres=("science fiction", "never heard of"))

    assert evidence_of(newcomer, "unmet")["content"] == pytest.approx(0.2)
    assert parts_of(newcomer, "heat")["content"] == 0


def test_what_is_about_the_opposite_counts_nothing_rather_than_against_a_title() -> None:
    assert evidence_of(met("alien"), "heat")["content"] == 0


def test_a_dismissed_title_has_the_score_0() -> None:
    profile = Profile(1, History.of([watched("alien"), watched("aliens", dismissed=True)]))

    assert parts_of(profile, "aliens") == {"liked": 0, "recent": 0, "content": 0, "popular": 0}


def test_the_parts_add_up_to_the_score_and_no_other_candidate_changes_it() -> None:
    taste = taste_of(met("alien", "notting-hill"), MODEL)
    together = score(taste, MODEL, MODEL.rows(IDS))
    alone = [score(taste, MODEL, MODEL.rows([title])).scores[0] for title in IDS]

    assert together.scores == pytest.approx(together.parts.sum(axis=1))
    assert together.scores.tolist() == pytest.approx(alone)
    assert ((together.scores >= 0) & (together.scores < 1)).all()


def test_evidence_of_the_half_gives_a_score_of_a_half() -> None:
    model = small_model(half=1.1)

    assert score(taste_of(met("alien"), model), model, model.rows(["aliens"])).scores[0] == pytest.approx(0.5)


def test_titles_that_the_model_lacks_are_no_part_of_a_taste() -> None:
    known, with_unknown = taste_of(met("alien"), MODEL), taste_of(met("alien", "from-another-catalogue"), MODEL)

    assert np.array_equal(known.liked, with_unknown.liked)
    assert known.rows.tolist() == with_unknown.rows.tolist()


def test_because_names_what_was_liked_and_says_most_first() -> None:
    profile = Profile(1, History.of([watched("aliens"), watched("notting-hill", 2), watched("heat", 3, rating=1)]))
    taste = taste_of(profile, MODEL)

    assert [MODEL.ids[row] for row in because(taste, MODEL, int(MODEL.rows(["alien"])[0]))] == ["aliens"]


def test_because_names_what_is_about_the_same_for_a_title_that_nobody_met() -> None:
    taste = taste_of(met("alien", "notting-hill"), MODEL)

    assert [MODEL.ids[row] for row in because(taste, MODEL, int(MODEL.rows(["unmet"])[0]))] == ["alien"]
