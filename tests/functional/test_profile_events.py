"""The function behind the queue, from a batch of messages to its answer."""

import asyncio
import json
from typing import Any

import httpx

from discovery.composition.profiles import ProfilesService
from discovery.events.profiles import Profiles
from discovery.sona.http import JsonPoster
from functions.profile_events.app import make_handler
from tests.events import FakeContext


def sqs(*bodies: str) -> dict[str, Any]:
    return {"Records": [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]}


def update(user: str) -> str:
    event = {"content_id": "alien-1979", "timestamp": "2026-01-01T00:00:00Z", "completion_rate": 1.0}
    return json.dumps({"user_id": user, "events": [event]})


def test_what_failed_comes_again_and_nothing_else_does() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503 if json.loads(request.content)["user_id"] == "ben" else 200, json={})

    with asyncio.Runner() as runner:
        profiles = Profiles(JsonPoster(httpx.MockTransport(answer), "http://sona.test", timeout_sec=5))
        handler = make_handler(lambda: ProfilesService(profiles, runner))

        first = handler(sqs(update("ana"), "poison", update("ben"), update("chloe")), FakeContext())
        second = handler(sqs(update("ana")), FakeContext())

    assert first == {"batchItemFailures": [{"itemIdentifier": "1"}, {"itemIdentifier": "2"}]}
    assert second == {"batchItemFailures": []}
