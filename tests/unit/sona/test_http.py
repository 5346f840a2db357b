"""Posting JSON: what a request is made of, and what is read of its answer."""

import httpx
import pytest

from discovery.sona.contract import ScoreRequest
from discovery.sona.http import Answer, JsonPoster
from discovery.sona.token import fixed_token

BODY = ScoreRequest(user_id="ana", content_id="alien")
TIMEOUTS = ("connect", "read", "write", "pool")


class Transport(httpx.AsyncBaseTransport):
    """Answers everything alike; keeps what it was sent."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.sent: list[httpx.Request] = []
        self.closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return self.answer

    async def aclose(self) -> None:
        self.closed = True


def transport(status: int = 200, *, content: bytes = b"{}") -> Transport:
    return Transport(httpx.Response(status, content=content, headers={"content-type": "application/json"}))


@pytest.mark.parametrize("url", ["http://sona.test/v2", "http://sona.test/v2/", "http://sona.test/v2//"])
async def test_paths_are_below_the_url_with_or_without_a_slash_at_its_end(url: str) -> None:
    over = transport()

    await JsonPoster(over, url, timeout_sec=1).post("/score", BODY)

    assert [(sent.method, str(sent.url)) for sent in over.sent] == [("POST", "http://sona.test/v2/score")]


async def test_a_url_whose_last_letter_is_like_an_edge_keeps_it() -> None:
    over = transport()

    await JsonPoster(over, "http://sona.test/X", timeout_sec=1).post("/score", BODY)

    assert str(over.sent[0].url) == "http://sona.test/X/score"


async def test_each_step_of_a_request_has_the_timeout_and_another_poster_over_the_connections_its_own() -> None:
    over = transport()
    poster = JsonPoster(over, "http://sona.test", timeout_sec=0.05)

    await poster.post("/score", BODY)
    await poster.with_timeout(2.0).post("/score", BODY)

    assert [sent.extensions["timeout"] for sent in over.sent] == [
        dict.fromkeys(TIMEOUTS, seconds) for seconds in (0.05, 2.0)
    ]
    assert str(over.sent[1].url) == "http://sona.test/score"


async def test_an_answer_that_is_not_200_is_its_status_alone() -> None:
    over = transport(503, content=b"sorry")

    assert await JsonPoster(over, "http://sona.test", timeout_sec=1).post("/score", BODY) == Answer(503, b"")


async def test_it_is_closed_with_its_connections() -> None:
    over = transport()

    await JsonPoster(over, "http://sona.test", timeout_sec=1).aclose()

    assert over.closed


async def test_another_poster_over_the_connections_sends_the_same_token() -> None:
    over = transport()
    poster = JsonPoster(over, "http://sona.test", timeout_sec=1, token=fixed_token("secret"))

    await poster.post("/score", BODY)
    await poster.with_timeout(2.0).post("/score", BODY)

    assert [sent.headers["authorization"] for sent in over.sent] == ["Bearer secret"] * 2
