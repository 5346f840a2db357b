"""What a response says of personalization, and that each result's explanation reproduces its place."""

import time

import numpy as np
import pytest

from discovery.personalization.blending import Candidates, blend
from discovery.personalization.gathering import Gathered
from discovery.personalization.result import Personalized, unranked
from discovery.policy.policy import Assignment, Policy
from discovery.reason import Reason
from discovery.sona.contract import Score

CANDIDATES = Candidates(["alien", "heat", "jaws"], np.array([1.0, 0.6, 0.2]))
HIGH = Assignment("high_boost", 0.4, "experiment")
DEFAULT = Assignment(None, 0.25, "default")


def outcome(
    *,
    cached: dict[str, float] | None = None,
    live: dict[str, float] | None = None,
    reason: str | None = None,
    assignment: Assignment = HIGH,
    requested: str | None = None,
) -> Personalized:
    now = time.time()
    scores = {**(cached or {}), **(live or {})}
    gathered = Gathered(
        policy=Policy(boost_weight=0.25, version="9f2c41"),
        policy_age_ms=812,
        assignment=assignment,
        user=None,
        cached={item: Score(value, now - 60, {"context": value}) for item, value in (cached or {}).items()},
        live={item: Score(value, now) for item, value in (live or {}).items()},
        reason=Reason(reason) if reason else None,
    )
    return Personalized(
        candidates=CANDIDATES,
        gathered=gathered,
        blended=blend(CANDIDATES, scores, assignment.weight),
        requested_variant=requested,
        why_not_requested=None if requested in (None, assignment.variant) else Reason.UNKNOWN_VARIANT,
        elapsed_ms=1.23456,
    )


def test_with_every_score_it_is_applied() -> None:
    summary = outcome(cached={"alien": 0.1, "heat": 0.5}, live={"jaws": 0.9}).summary()

    assert (summary.status, summary.reason) == ("applied", None)
    assert (summary.scored, summary.candidates, summary.from_cache) == (3, 3, 2)
    assert (summary.variant, summary.assigned_by, summary.weight) == ("high_boost", "experiment", 0.4)
    assert (summary.policy_version, summary.policy_age_ms, summary.elapsed_ms) == ("9f2c41", 812, 1.235)


@pytest.mark.parametrize(("reason", "said"), [(None, "unscored"), ("timeout", "timeout")])
def test_with_some_scores_it_is_partial_and_says_why(reason: str | None, said: str) -> None:
    summary = outcome(live={"jaws": 0.9}, reason=reason).summary()

    assert (summary.status, summary.reason, summary.scored) == ("partial", said, 1)


@pytest.mark.parametrize(
    "reason", ["anonymous", "opted_out", "disabled", "control", "cold_user", "no_candidates", "sorted"]
)
def test_where_it_was_meant_so_it_is_skipped(reason: str) -> None:
    personalized = outcome(reason=reason)

    assert (personalized.status, personalized.summary().reason) == ("skipped", reason)
    assert personalized.order == [0, 1, 2]


@pytest.mark.parametrize("reason", ["timeout", "sona_unavailable", "sona_invalid", "internal_error"])
def test_where_it_went_wrong_it_is_failed(reason: str) -> None:
    personalized = outcome(reason=reason)

    assert (personalized.status, personalized.summary().reason) == ("failed", reason)
    assert personalized.order == [0, 1, 2]


def test_nothing_counts_as_scored_where_nothing_was_blended() -> None:
    summary = outcome(reason="control").summary()

    assert (summary.scored, summary.from_cache, summary.candidates) == (0, 0, 3)


def test_a_requested_variant_that_the_policy_does_not_know_is_named() -> None:
    scores = {"alien": 0.1, "heat": 0.5, "jaws": 0.9}

    unknown = outcome(live=scores, assignment=DEFAULT, requested="removed").summary()
    known = outcome(live=scores, assignment=Assignment("high_boost", 0.4, "request"), requested="high_boost").summary()

    assert (unknown.reason, unknown.requested_variant, unknown.variant) == ("unknown_variant", "removed", None)
    assert (unknown.assigned_by, unknown.weight) == ("default", 0.25)
    assert known.reason is None


def test_a_graver_reason_goes_before_an_unknown_variant() -> None:
    summary = outcome(live={"jaws": 0.9}, reason="timeout", assignment=DEFAULT, requested="removed").summary()

    assert (summary.reason, summary.requested_variant) == ("timeout", "removed")


def test_an_explanation_names_the_parts_and_where_they_come_from() -> None:
    personalized = outcome(cached={"alien": 0.1}, live={"jaws": 0.9})
    alien, heat, jaws = (personalized.explain(place) for place in range(3))

    assert [item.score_source for item in (alien, heat, jaws)] == ["cache", "neutral", "live"]
    assert alien.score_age_ms == pytest.approx(60_000, abs=5_000)
    assert (heat.raw_score, heat.score_age_ms, heat.components) == (None, None, None)
    assert (alien.raw_score, jaws.raw_score) == (0.1, 0.9)
    assert alien.components == {"context": 0.1}
    # The scores' mean is 0.5 and their spread 0.4, that of the relevance 0.6 and √(0.32 / 3) = 0.32660.
    assert [item.score for item in (alien, heat, jaws)] == pytest.approx([0.27340, 0.6, 0.92660], abs=1e-5)
    # 1·0.6 + 0.27340·0.4 = 0.70936   0.6·0.6 + 0.6·0.4 = 0.6   0.2·0.6 + 0.92660·0.4 = 0.49064
    assert [item.final for item in (alien, heat, jaws)] == pytest.approx([0.70936, 0.6, 0.49064], abs=1e-5)
    assert [item.rank_after for item in (alien, heat, jaws)] == [1, 2, 3]
    assert all(item.reranked and item.weight == 0.4 for item in (alien, heat, jaws))


def test_the_summary_has_what_a_calibration_is_recomputed_by() -> None:
    calibration = outcome(cached={"alien": 0.1}, live={"jaws": 0.9}).summary().calibration

    assert calibration is not None
    assert calibration.model_dump() == pytest.approx(
        {
            **{"relevance_mean": 0.6, "relevance_spread": 0.32660, "score_mean": 0.5, "score_spread": 0.4},
            **{"least_score_spread": 0.02, "most_spreads": 5.0},
        },
        abs=1e-5,
    )
    assert outcome(reason="control").summary().calibration is None


def test_explanations_know_the_rank_before_and_after() -> None:
    personalized = outcome(live={"alien": 0.0, "heat": 0.0, "jaws": 1.0}, assignment=Assignment("x", 0.9, "request"))

    assert personalized.order == [2, 0, 1]
    assert [(item.rank_before, item.rank_after) for item in map(personalized.explain, range(3))] == [
        (1, 2),
        (2, 3),
        (3, 1),
    ]


def test_where_nothing_was_blended_an_explanation_says_so() -> None:
    personalized = outcome(reason="anonymous")

    assert personalized.explain(1) == unranked(0.6, 2)
    untouched = unranked(0.6, 2)
    assert (untouched.final, untouched.raw_score, untouched.score, untouched.reranked) == (0.6, None, None, False)


def test_a_results_score_is_what_orders_it() -> None:
    blended, untouched = outcome(live={"alien": 0.0, "heat": 0.5, "jaws": 1.0}), outcome(reason="control")

    # Relevance and scores are both evenly spaced, so scores become 0.2, 0.6 and 1.
    # 1·0.6 + 0.2·0.4 = 0.68   0.6·0.6 + 0.6·0.4 = 0.60   0.2·0.6 + 1·0.4 = 0.52
    assert [blended.score(place) for place in range(3)] == pytest.approx([0.68, 0.60, 0.52])
    assert [untouched.score(place) for place in range(3)] == [1.0, 0.6, 0.2]
