"""Coordinate search over weights, on evidence made for the purpose."""

import numpy as np
import pytest

from lab.relevance.judgments import Judged
from lab.relevance.tuning import FOLDS, Gathered, ablated, cross_validated, objective, tuned

START = {"title": 1.0, "noise": 1.5}


def query(number: int) -> Gathered:
    """One right title among five: its title speaks for it, and noise against it."""
    judged = Judged(f"query {number}", "title", {"right": 1})
    evidence = {"title": np.array([1.0, 0.5, 0.5, 0.0, 0.0]), "noise": np.array([0.0, 0.4, 0.3, 0.2, 0.1])}
    return Gathered(judged, number % FOLDS, evidence, np.array([1, 0, 0, 0, 0]))


ROWS = [query(number) for number in range(10)]


def test_an_answer_gains_by_its_place_and_by_being_there() -> None:
    first, last = (ROWS[0].gain(weights) for weights in ({"title": 1, "noise": 0}, {"title": 0, "noise": 1}))

    assert first == pytest.approx(1 + 0.5)
    assert last == pytest.approx(1 / np.log2(6) + 0.5)


def test_weights_move_to_what_tells_right_from_wrong() -> None:
    best = tuned([ROWS], START)

    assert objective([ROWS], best) > objective([ROWS], START)
    assert best["title"] / best["noise"] > START["title"] / START["noise"]


def test_weights_that_are_best_already_stay() -> None:
    assert tuned([ROWS], {"title": 9.0, "noise": 0.001}) == {"title": 9.0, "noise": 0.001}


def test_held_out_queries_gain_by_what_others_taught() -> None:
    before, after = cross_validated([ROWS], START)

    assert after > before


def test_a_set_counts_once_however_large_it_is() -> None:
    bad = [Gathered(Judged("q", "k", {"right": 1}), 0, ROWS[0].evidence, np.array([0, 0, 0, 0, 1]))]

    assert objective([ROWS, bad], START) == pytest.approx((objective([ROWS], START) + objective([bad], START)) / 2)


def test_without_a_weight_what_it_brings_is_missing() -> None:
    weights = {"title": 9.0, "noise": 0.001}

    gains = ablated({"films": ROWS}, weights)

    assert gains["title"]["films"] < gains["nothing"]["films"] == objective([ROWS], weights)
    assert gains["noise"] == gains["nothing"]
