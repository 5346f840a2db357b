"""The click model: what it expects, and what it draws."""

import numpy as np
import pytest

from lab.experiments.clicks import Appeal, drawn, expected, goes_on


def an_appeal(click: list[float], stop: float = 0.0, play: float = 1.0, complete: float = 1.0) -> Appeal:
    clicks = np.array([click])
    return Appeal(clicks, np.full_like(clicks, stop), np.full_like(clicks, play), np.full_like(clicks, complete))


def test_whoever_nothing_attracts_examines_rank_r_with_probability_one_in_r() -> None:
    examined = np.cumprod([1.0, *goes_on(4)])[:4]

    np.testing.assert_allclose(examined, [1, 1 / 2, 1 / 3, 1 / 4])


def test_expectations_are_those_computed_by_hand() -> None:
    # Rank 1 is always examined. Rank 2: half go on, unless they clicked (½) and were satisfied (½): ½ · ¾ = ⅜.
    found = expected(an_appeal([0.5, 0.8], stop=0.5, play=0.5, complete=0.25))

    assert found.clicks[0] == pytest.approx(0.5 + 0.375 * 0.8)
    assert found.clicked[0] == pytest.approx(0.5 + 0.5 * 0.5 * 0.8)
    assert found.plays[0] == pytest.approx(0.4)
    assert found.completions[0] == pytest.approx(0.1)
    assert found.minutes[0] == pytest.approx(0.1 * 105 + 0.3 * 20)


def test_a_satisfied_person_clicks_nothing_below() -> None:
    clicks = drawn(an_appeal([1.0, 1.0, 1.0], stop=1.0), np.zeros(500, dtype=np.intp), np.random.default_rng(0))

    assert clicks.rank.tolist() == [0] * 500


def test_a_rank_without_a_result_is_never_clicked() -> None:
    clicks = drawn(an_appeal([1.0, 0.0, 1.0]), np.zeros(2000, dtype=np.intp), np.random.default_rng(0))

    assert set(clicks.rank.tolist()) == {0, 2}


def test_what_is_drawn_is_on_average_what_is_expected() -> None:
    appeal = an_appeal([0.3, 0.1, 0.6, 0.05, 0.4], stop=0.5, play=0.6, complete=0.7)
    searches = 200_000

    found = drawn(appeal, np.zeros(searches, dtype=np.intp), np.random.default_rng(1)).by_search(searches)

    truth = expected(appeal)
    for name in ("clicked", "clicks", "plays", "completions", "minutes"):
        values = getattr(found, name)
        error = values.std() / np.sqrt(searches)
        assert abs(values.mean() - getattr(truth, name)[0]) < 4 * error, name
