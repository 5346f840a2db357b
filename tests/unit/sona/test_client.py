"""The SONA client against every kind of answer."""

import asyncio
import json
import math
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import respx

from discovery.errors import SonaUnavailable
from discovery.sona.client import SonaClient
from discovery.sona.contract import SCORE_PATH, SCORES_PATH, Named, Score, Why
from tests.conftest import Counted
from tests.fakes import EXPLAINED, FakeSona, sona_over

LIKES = {"ana": {"alien": 0.9, "heat": 0.2, "jaws": 0.5}}
ASKED = ["alien", "heat", "jaws"]
LONGEST = 1024 * 1024
"""The most bytes that an answer may have."""

JSON_SENT = {"content-type": "application/json", "accept-encoding": "identity"}
JSON = {"content-type": "application/json; charset=utf-8"}


async def fetched(client: SonaClient, content_ids: list[str] = ASKED, user: str = "ana") -> dict[str, Score]:
    scores: dict[str, Score] = {}
    await client.fetch(user, content_ids, scores.update)
    return scores


def values(scores: dict[str, Score]) -> dict[str, float]:
    return {content_id: score.value for content_id, score in scores.items()}


def answering(body: Any, status: int = 200) -> SonaClient:
    """A client whose every request gets this answer, NaN and infinity included as Python's JSON spells them."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return sona_over(lambda _: httpx.Response(status, content=content, headers=JSON))


def batch(*scores: dict[str, Any], user: str = "ana") -> dict[str, Any]:
    return {"user_id": user, "scores": list(scores)}


def scored(content_id: str, score: object, **more: object) -> dict[str, Any]:
    return {"content_id": content_id, "score": score, **more}


async def test_one_request_brings_all_scores_where_the_engine_has_the_batch_endpoint() -> None:
    sona = FakeSona(LIKES)

    scores = await fetched(sona.client())

    assert values(scores) == LIKES["ana"]
    assert sona.asked == [(SCORES_PATH, {"user_id": "ana", "content_ids": ASKED})]


async def test_a_score_has_its_known_components_and_its_time(counted: Counted) -> None:
    client = answering(batch(scored("alien", 0.5, components={"collaborative": 0.25, "astrology": 1}, extra=1)))

    score = (await fetched(client))["alien"]

    assert dict(score.components) == {"collaborative": 0.25}
    assert score.fetched_at > 1_700_000_000
    assert not counted()


async def test_long_lists_are_split_into_batches() -> None:
    sona = FakeSona({"ana": {f"id-{number}": 0.5 for number in range(7)}})
    ids = [f"id-{number}" for number in range(7)]

    scores = await fetched(sona_over(sona, batch_size=3), ids)

    assert list(scores) == ids
    assert [len(body["content_ids"]) for _, body in sona.asked] == [3, 3, 1]


async def test_contents_that_sona_does_not_know_are_simply_not_among_the_scores(counted: Counted) -> None:
    for has_batch in (True, False):
        scores = await fetched(FakeSona({"ana": {"alien": 0.9}}, has_batch=has_batch).client())
        assert values(scores) == {"alien": 0.9}
    assert not counted()


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_an_engine_without_the_batch_endpoint_gets_single_requests_and_is_remembered(status: int) -> None:
    now = 0.0
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if request.url.path == SCORES_PATH:
            return httpx.Response(status)
        content_id = json.loads(request.content)["content_id"]
        return httpx.Response(200, json={"user_id": "ana", **scored(content_id, LIKES["ana"][content_id])})

    client = sona_over(answer, clock=lambda: now)
    first = await fetched(client)
    second = await fetched(client)
    now = 599.9
    await fetched(client)
    now = 600.0
    await fetched(client)

    assert values(first) == values(second) == LIKES["ana"]
    singles = [SCORE_PATH] * 3
    assert asked == [SCORES_PATH, *singles, *singles, *singles, SCORES_PATH, *singles]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, -0.1, 1.1])
async def test_a_score_out_of_range_is_dropped_and_counted(bad: float, counted: Counted) -> None:
    scores = await fetched(answering(batch(scored("alien", bad), scored("heat", 0.2))))

    assert values(scores) == {"heat": 0.2}
    assert counted()["SonaScoresDropped"] == 1


async def test_0_and_1_are_in_range() -> None:
    assert values(await fetched(answering(batch(scored("alien", 0), scored("heat", 1))))) == {"alien": 0, "heat": 1}


async def test_a_score_that_was_not_asked_for_is_dropped_and_counted(counted: Counted) -> None:
    scores = await fetched(answering(batch(scored("other", 0.9), scored("heat", 0.2), scored("another", 0.9))))

    assert values(scores) == {"heat": 0.2}
    assert counted()["SonaScoresDropped"] == 2


async def test_of_two_scores_for_one_content_the_first_counts(counted: Counted) -> None:
    scores = await fetched(answering(batch(scored("heat", 0.2), scored("heat", 0.9))))

    assert values(scores) == {"heat": 0.2}
    assert counted()["SonaScoresDropped"] == 1


@pytest.mark.parametrize(
    "client",
    [
        answering(batch(scored("alien", 0.9), user="ben")),
        answering(b"<html>"),
        answering(b""),
        answering(b"\xff\xfe"),
        answering([]),
        answering({"user_id": "ana"}),
        answering({"user_id": "ana", "scores": {"alien": 0.9}}),
        answering({"scores": []}),
        answering(batch({"content_id": "alien"})),
        sona_over(lambda _: httpx.Response(200, content=b'{"user_id": "ana", "scores": []}')),
    ],
    ids=[
        "another user",
        "HTML",
        "empty",
        "binary",
        "a list",
        "no scores",
        "an object",
        "no user",
        "no score",
        "no type",
    ],
)
async def test_an_answer_that_makes_no_sense_is_refused_whole(client: SonaClient) -> None:
    with pytest.raises(SonaUnavailable) as unavailable:
        await fetched(client)

    assert unavailable.value.reason == "sona_invalid"


@pytest.mark.parametrize(
    ("client", "why"),
    [
        (answering(b"", status=500), "sona_unavailable: status 500"),
        (answering(b"", status=401), "sona_refused: status 401"),
        (answering(batch(scored("alien", 0.9), user="ben")), "sona_invalid: scores of another user"),
        (answering(batch(scored("alien", 2), scored("heat", 2))), "sona_invalid: none of 2 scores makes sense"),
        (answering({}), "sona_invalid: 2 errors"),
        (sona_over(lambda _: httpx.Response(200, content=b"{}")), "sona_invalid: the answer is not JSON"),
    ],
)
async def test_what_is_wrong_with_an_answer_is_said_for_the_log(client: SonaClient, why: str) -> None:
    with pytest.raises(SonaUnavailable) as unavailable:
        await fetched(client)

    assert str(unavailable.value) == why


def as_long_as(size: int) -> bytes:
    """A well-formed answer of so many bytes."""
    return json.dumps(batch(scored("heat", 0.2))).encode().ljust(size)


async def test_an_answer_may_be_as_long_as_the_limit() -> None:
    assert values(await fetched(answering(as_long_as(LONGEST)))) == {"heat": 0.2}


@pytest.mark.parametrize("size", [LONGEST + 1, 2 * LONGEST])
async def test_an_answer_that_is_longer_is_refused_well_formed_or_not(size: int) -> None:
    with pytest.raises(SonaUnavailable, match=r"^sona_invalid: the answer is too long$") as unavailable:
        await fetched(answering(as_long_as(size)))

    assert unavailable.value.reason == "sona_invalid"


async def test_no_more_is_read_of_a_long_answer_than_shows_it_to_be_too_long() -> None:
    parts_read = 0

    async def long() -> AsyncIterator[bytes]:
        nonlocal parts_read
        for _ in range(16):
            parts_read += 1
            yield b" " * (LONGEST // 4)

    with pytest.raises(SonaUnavailable):
        await fetched(sona_over(lambda _: httpx.Response(200, content=long(), headers=JSON)))

    assert parts_read == 5


async def test_scores_are_handed_on_as_they_arrive_so_that_a_deadline_leaves_them() -> None:
    received: dict[str, Score] = {}
    client = FakeSona(LIKES, has_batch=False, slow=frozenset({"heat"})).client()

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.fetch("ana", ASKED, received.update), 0.05)

    assert set(received) == {"alien", "jaws"}


async def test_what_is_sent_is_the_contract() -> None:
    # Given a SONA that answers nothing but this very request
    sona = respx.MockRouter()
    asked = {"user_id": "ana", "content_ids": ASKED}
    answer = batch(scored("heat", 0.2))
    sona.post(f"http://sona.test{SCORES_PATH}", json=asked, headers=JSON_SENT).respond(json=answer)

    assert values(await fetched(sona_over(sona.async_handler))) == {"heat": 0.2}
    assert sona.calls.call_count == 1


@pytest.mark.parametrize("bad", [None, "abc", [], True])
async def test_a_score_that_is_no_number_spoils_no_other(bad: object) -> None:
    assert values(await fetched(answering(batch(scored("heat", 0.2), scored("alien", bad))))) == {"heat": 0.2}


@pytest.mark.parametrize("bad", [None, "abc", 7, []])
async def test_an_item_that_is_no_score_spoils_no_other(bad: object) -> None:
    answer = {"user_id": "ana", "scores": [bad, scored("heat", 0.2)]}

    assert values(await fetched(answering(answer))) == {"heat": 0.2}


@pytest.mark.parametrize("components", [None, "abc", {"context": "high"}, {"context": 7}, {"mood": 0.3}])
async def test_components_that_make_no_sense_are_left_out(components: object) -> None:
    found = await fetched(answering(batch(scored("heat", 0.2, components=components))))

    assert (found["heat"].value, found["heat"].components) == (0.2, {})


async def test_an_engine_that_can_explain_says_why() -> None:
    asked: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        return httpx.Response(200, json=batch(scored("alien", 0.9, **EXPLAINED)))

    said = await sona_over(answer).explain("ana", ["alien"])

    assert asked == [{"user_id": "ana", "content_ids": ["alien"], "explain": True}]
    assert said == {"alien": Why((Named("heat", "Heat"),), "because you liked Heat")}


@pytest.mark.parametrize(
    "nonsense",
    [
        {},
        {"reason": "just so"},
        EXPLAINED | {"reason": 7},
        EXPLAINED | {"reason": "x" * 301},
        EXPLAINED | {"because_you_liked": [{"content_id": "heat", "title": "Heat"}] * 4},
        EXPLAINED | {"because_you_liked": [{"content_id": "heat"}]},
    ],
)
async def test_an_explanation_that_makes_no_sense_is_none(nonsense: dict[str, Any]) -> None:
    client = answering(batch(scored("heat", 0.2, **nonsense), scored("alien", 0.9, **EXPLAINED)))

    assert list(await client.explain("ana", ["heat", "alien"])) == ["alien"]


@pytest.mark.parametrize("status", [404, 500])
async def test_an_engine_that_does_not_explain_is_unavailable_for_that(status: int) -> None:
    with pytest.raises(SonaUnavailable):
        await answering({}, status).explain("ana", ["heat"])
