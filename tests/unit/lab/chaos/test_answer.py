"""What counts as an answer: right ones, wrong ones, and searches that no environment answered."""

import json
from typing import Any

from discovery.api.facet_responses import Facets
from discovery.api.personalization_responses import Personalization
from discovery.api.query_responses import QueryParsed
from discovery.api.search_responses import Retrieval, SearchResponse
from discovery.reason import Reason
from lab.chaos.answer import Reply, judged


def body(reason: Reason | None = None, **changes: Any) -> bytes:
    personalization = Personalization(
        status="failed" if reason else "applied",
        reason=reason,
        variant=None,
        requested_variant=None,
        assigned_by="default",
        weight=0.25,
        experiment=None,
        epoch=None,
        policy_version="default",
        policy_age_ms=None,
        scored=0,
        candidates=0,
        from_cache=0,
        elapsed_ms=1.0,
    )
    response = SearchResponse(
        search_id="1",
        query_parsed=QueryParsed(text="a", terms="a"),
        results=(),
        total_count=0,
        page=1,
        page_size=10,
        facets=Facets(genres=(), platforms=(), years=(), ratings=()),
        retrieval=Retrieval(status="complete"),
        personalization=personalization,
        catalogue="0123456789abcdef",
        cursor="0123456789abcdef~0123456789abcdef",
        search_time_ms=1.0,
    )
    return json.dumps(response.model_dump(mode="json") | changes).encode()


def reply(status: int | None, content: bytes) -> Reply:
    return Reply(1.5, 30.0, status, content, "ana")


def test_a_search_response_is_right_and_its_reason_is_kept() -> None:
    answer = judged(reply(200, body(Reason.TIMEOUT)))

    assert (answer.verdict, answer.outcome, answer.reason, answer.is_well) == ("right", "failed", "timeout", False)
    assert (answer.due, answer.milliseconds) == (1.5, 30.0)
    assert judged(reply(200, body())).is_well


def test_a_body_that_is_no_search_response_is_wrong() -> None:
    for content in (b"", b"{}", b"<html>", body(total_count="many"), body(surplus=1)):
        assert judged(reply(200, content)).verdict == "wrong"


def test_another_persons_score_is_wrong() -> None:
    content = {"id": "x", "title": "X"}
    explanation = {
        "relevance": 0.5,
        "raw_score": 0.123,
        "score": 0.5,
        "score_source": "live",
        "score_age_ms": 0,
        "components": None,
        "weight": 0.25,
        "final": 0.5,
        "rank_before": 1,
        "rank_after": 1,
        "reranked": True,
    }
    result = {
        "content": content,
        "relevance_score": 0.5,
        "score": 0.5,
        "match_reasons": [],
        "vector_similarity": None,
        "keyword_score": None,
        "explanation": explanation,
    }
    SearchResponse.model_validate_json(body(results=[result]))  # so it is the score that is found wrong

    assert judged(reply(200, body(results=[result]))).verdict == "wrong"


def test_a_problem_of_the_function_is_wrong() -> None:
    problem = b'{"type": "about:blank", "title": "Internal Server Error", "status": 500}'

    assert judged(reply(500, problem)).verdict == "wrong"
    assert judged(reply(401, b'{"message": "Unauthorized"}')).verdict == "wrong"


def test_a_search_that_no_environment_answered_is_lost() -> None:
    assert judged(reply(None, b"")).verdict == "lost"
    assert judged(reply(500, b'{"message": "Internal Server Error"}')).verdict == "lost"
    assert judged(reply(503, b'{"message": "Service Unavailable"}')).verdict == "lost"
