"""Telling SONA what the queue holds."""

import json
from typing import Any

import httpx
import pytest

from discovery.events.profiles import Profiles
from discovery.sona.http import JsonPoster
from tests.conftest import Counted


def message(user: str) -> str:
    event = {"content_id": "alien-1979", "timestamp": "2026-01-01T00:00:00Z", "completion_rate": 1.0}
    return json.dumps({"user_id": user, "events": [event]})


class Sona:
    """Answers updates, by person."""

    def __init__(self, **statuses: int) -> None:
        self._statuses = statuses
        self.told: list[Any] = []
        self.profiles = Profiles(JsonPoster(httpx.MockTransport(self), "http://sona.test", timeout_sec=5))

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/api/v1/profile/update"
        body = json.loads(request.content)
        self.told.append(body)
        return httpx.Response(self._statuses.get(body["user_id"], 200), json={"user_id": body["user_id"]})


async def test_each_message_is_told_as_it_is(counted: Counted) -> None:
    sona = Sona()
    messages = {"1": message("ana"), "2": message("ben")}

    assert await sona.profiles.tell(messages) == []
    assert sona.told == [json.loads(one) for one in messages.values()]
    assert counted()["ProfileUpdated"] == 2


@pytest.mark.parametrize("poison", ["", "{", "[]", "{}", '{"user_id": "ana"}', '{"user_id": "", "events": []}', "\x00"])
async def test_a_message_that_is_no_update_keeps_no_other_one_waiting(poison: str, counted: Counted) -> None:
    sona = Sona()

    assert await sona.profiles.tell({"1": poison, "2": message("ana")}) == ["1"]
    assert [one["user_id"] for one in sona.told] == ["ana"]
    assert counted()["ProfileMessageRefused"] == 1


@pytest.mark.parametrize(
    ("status", "metric"),
    [
        (400, "ProfileMessageRefused"),
        (422, "ProfileMessageRefused"),
        (401, "ProfileUpdateFailed"),
        (429, "ProfileUpdateFailed"),
        (500, "ProfileUpdateFailed"),
        (503, "ProfileUpdateFailed"),
    ],
)
async def test_what_sona_does_not_take_stays_in_the_queue(status: int, metric: str, counted: Counted) -> None:
    sona = Sona(ana=status)

    assert await sona.profiles.tell({"1": message("ana"), "2": message("ben")}) == ["1"]
    assert counted()[metric] == 1
