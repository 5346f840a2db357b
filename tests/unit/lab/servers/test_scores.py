"""What a SONA of the lab says, and how an answer is judged by it."""

from typing import Any

from lab.servers.scores import score_of, scored, wrong_scores


def body(source: str, score: float) -> dict[str, Any]:
    return {"results": [{"content": {"id": "alien"}, "explanation": {"score_source": source, "raw_score": score}}]}


def test_a_score_is_the_same_at_every_call_and_another_for_every_user_and_version() -> None:
    assert score_of("ana", "alien") == score_of("ana", "alien")
    assert len({score_of("ana", "alien"), score_of("ben", "alien"), score_of("ana", "alien", version=1)}) == 3


def test_scores_and_components_are_in_range() -> None:
    for number in range(100):
        found = scored("ana", f"film-{number}")
        assert all(0 <= value <= 1 for value in (found["score"], *found["components"].values()))


def test_only_the_score_of_the_users_current_profile_is_right() -> None:
    current = score_of("ana", "alien", version=2)
    assert wrong_scores(body("live", current), "ana", version=2) == 0
    assert wrong_scores(body("cache", current), "ana", version=3) == 1
    assert wrong_scores(body("live", current), "ben", version=2) == 1


def test_a_result_without_a_score_of_sona_is_not_judged() -> None:
    assert wrong_scores(body("none", 0.0), "ana") == 0
    assert wrong_scores({"title": "an error has no results"}, "ana") == 0
