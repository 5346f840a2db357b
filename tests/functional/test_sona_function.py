"""The engine as a function: events of VPC Lattice, over the model of five titles and people in memory."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from discovery.errors import PolicyUnavailable
from functions.sona.app import Service, make_handler
from sona.engine import Engine
from sona.errors import StoreUnavailable
from sona.profile import Profile
from sona.store.memory import MemoryStore
from tests.conftest import Counted
from tests.events import FakeContext
from tests.unit.engine.small import small_model

EVENTS = Path(__file__).parents[2] / "events"
FIRST, SECOND, WRONG = "first", "second", "wrong"
"""Tokens."""


class Secrets:
    """A token that operators replace, and a clock."""

    def __init__(self, token: str = FIRST) -> None:
        self.token = token
        self.readings = 0
        self.now = 1000.0

    def read(self) -> str:
        self.readings += 1
        if not self.token:
            raise PolicyUnavailable("no answer")
        return self.token


class Asked:
    """The function, asked as VPC Lattice asks."""

    def __init__(self, secrets: Secrets | None = None, store: MemoryStore | None = None) -> None:
        self.secrets = secrets or Secrets()
        self.model = small_model()
        engine = Engine(self.model, store or MemoryStore(), user_key=b"key")
        service = Service(engine, lambda: self.model, self.secrets.read, wall_clock=lambda: self.secrets.now)
        self._handler = make_handler(lambda: service)

    def __call__(self, name: str, token: str = FIRST, **changed: Any) -> tuple[int, dict[str, Any]]:
        event = json.loads((EVENTS / f"sona-{name}.json").read_text().replace("PASTE-SONAS-TOKEN", token))
        event |= changed
        answer = self._handler(event, FakeContext())
        assert answer["headers"]["content-type"] == "application/json"
        return answer["statusCode"], json.loads(answer["body"])

    def scores(self, *titles: str, token: str = FIRST) -> tuple[int, dict[str, Any]]:
        body = json.dumps({"user_id": "ana", "content_ids": list(titles)})
        return self("scores", token=token, body=body)


def watching(title: str) -> str:
    seen = {"content_id": title, "timestamp": "2026-01-01T00:00:00Z", "completion_rate": 1.0}
    return json.dumps({"user_id": "ana", "events": [seen]})


def test_a_person_is_scored_learned_of_and_forgotten() -> None:
    ask = Asked()
    _, before = ask.scores("aliens")
    _, updated = ask("update", body=watching("alien"))
    _, after = ask.scores("aliens")
    status, erased = ask("erase")
    _, again = ask.scores("aliens")

    assert updated == {"user_id": "ana", "events_accepted": 1, "profile_version": 1}
    assert after["scores"][0]["score"] > before["scores"][0]["score"]
    assert (status, erased["erased"]) == (200, True)
    assert again == before


def test_health_needs_no_token_and_all_else_does() -> None:
    ask = Asked()

    assert ask("erase", token=WRONG, method="GET", path="/health")[0] == 200
    for name in ("scores", "update", "erase"):
        assert ask(name, token=WRONG) == (401, {"error": "unauthorized"})


def test_a_body_may_come_in_base64() -> None:
    body = base64.b64encode(watching("alien").encode()).decode()

    assert Asked()("update", body=body, isBase64Encoded=True)[1]["events_accepted"] == 1


def test_the_query_string_is_no_part_of_a_user_id() -> None:
    ask = Asked()
    ask("update", body=watching("alien"))

    assert ask("erase", path="/api/v1/users/ana?why=asked")[1] == {"user_id": "ana", "erased": True}


def test_a_token_that_was_replaced_holds_without_a_deployment() -> None:
    ask = Asked()
    ask.secrets.token = SECOND

    assert ask.scores("alien", token=SECOND)[0] == 200
    assert ask.scores("alien", token=FIRST)[0] == 401


def test_wrong_tokens_have_the_secret_read_every_ten_seconds_at_most() -> None:
    ask = Asked()
    for _ in range(5):
        ask.scores("alien", token=WRONG)
    assert ask.secrets.readings == 2

    ask.secrets.now += 10
    ask.scores("alien", token=WRONG)
    assert ask.secrets.readings == 3


def test_a_secret_that_cannot_be_read_again_leaves_the_token_that_was(counted: Counted) -> None:
    ask = Asked()
    ask.secrets.token = ""

    assert ask.scores("alien", token=WRONG)[0] == 401
    assert ask.scores("alien", token=FIRST)[0] == 200
    assert counted()["SonaTokenUnavailable"] == 1


def test_an_engine_without_a_token_does_not_start() -> None:
    with pytest.raises(PolicyUnavailable):
        Asked(Secrets(token=""))


def test_a_model_that_was_published_meanwhile_is_scored_with() -> None:
    ask = Asked()
    _, before = ask.scores("alien")
    ask.model = small_model(half=5.0)

    assert ask.scores("alien")[1] != before


class Down(MemoryStore):
    """A table that does not answer."""

    def read(self, user: str) -> Profile:  # noqa: ARG002 - the port's signature
        raise StoreUnavailable("DynamoDB did not answer: ReadTimeoutError")


def test_a_store_that_is_down_is_counted_and_answered(counted: Counted) -> None:
    assert Asked(store=Down()).scores("alien") == (503, {"error": "store_unavailable"})
    assert counted()["SonaStoreUnavailable"] == 1


def test_nobody_is_named_in_the_log(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    ask = Asked(store=Down())
    ask("erase", path="/api/v1/users/sentinel-user")
    ask("scores", body='{"user_id": "sentinel-user", "content_ids": ["alien"]}')
    ask("scores", body='{"user_id": "sentinel-user"}')
    ask("update", body=watching("nowhere").replace("ana", "sentinel-user"))

    assert "sentinel" not in "".join(capfd.readouterr()) + caplog.text
