"""One environment of the search function before a rig: the real handler, composed from settings alone."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from discovery.composition import SearchService, search_service
from discovery.lifecycle import exempt_from_collection
from discovery.policy import snapshot
from discovery.settings import Settings
from functions.search.app import make_handler
from lab.faults.rig import Rig
from lab.faults.sona import score_of
from tests import tokens
from tests.events import FakeContext, http_event

USER_KEY = "key"


@dataclass(frozen=True)
class Answer:
    """What one search brought and how long the whole of it took."""

    status: int
    milliseconds: float
    """Around the handler, on the monotonic clock."""
    body: dict[str, Any]

    @property
    def block(self) -> dict[str, Any]:
        """The `personalization` block; empty in an error."""
        found: dict[str, Any] = self.body.get("personalization", {})
        return found

    @property
    def personalized(self) -> bool:
        """Whether the order is the person's, for all or for some of the candidates."""
        return self.block.get("status") in ("applied", "partial")

    def wrong_scores(self, user: str, at_least: int = 0, at_most: int = 0) -> int:
        """How many of the explained scores are no score of this user's profile in any of these versions."""
        wrong = 0
        for result in self.body.get("results", ()):
            explanation = result["explanation"]
            if explanation.get("score_source") in ("live", "cache"):
                versions = range(at_least, at_most + 1)
                right = {score_of(user, result["content"]["id"], version) for version in versions}
                wrong += explanation["score"] not in right
        return wrong


class Environment:
    """The handler and the service behind it."""

    def __init__(self, service: SearchService) -> None:
        self.service = service
        self._handler = make_handler(lambda: service)

    def search(self, query: str, token: str | None, **parameters: str) -> Answer:
        """One search, from the event to the response."""
        event = http_event("GET", "/v1/search", query={"query": query} | parameters, token=token)
        began = time.perf_counter()
        response = self._handler(event, FakeContext())
        elapsed = time.perf_counter() - began
        return Answer(response["statusCode"], elapsed * 1000, json.loads(response["body"]))


@contextmanager
def environment(bundle: Path, rig: Rig, **personalization: Any) -> Iterator[Environment]:
    """An environment whose SONA and Valkey are the rig's; `personalization` changes that section's settings."""
    cache = {"url": rig.valkey_url}
    if "cache_timeout_ms" in personalization:
        cache["timeout_ms"] = personalization.pop("cache_timeout_ms")
    settings = Settings.model_validate(
        {
            "stage": "faults",
            "catalogue": {"path": bundle},
            "personalization": {"sona_url": rig.sona_url} | personalization,
            "cache": cache,
            "auth": tokens.settings(),
            "privacy": {"user_key": USER_KEY},
        }
    )
    service = search_service(settings)
    exempt_from_collection()
    try:
        yield Environment(service)
    finally:
        service.close()


def share_policy(valkey_url: str) -> None:
    """Put the built-in policy into Valkey as read just now, so that no environment looks for Parameter Store."""
    with redis.Redis.from_url(valkey_url) as client:
        client.set(snapshot.POLICY_KEY, snapshot.encode({}, time.time()))


def nowhere_else() -> None:
    """Make sure that nothing in this process reaches an AWS account."""
    os.environ |= {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_REGION": "eu-west-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
