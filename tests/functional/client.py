"""A client of a function: what it sends, and what it gets."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.events import FakeContext, http_event
from tests.fakes import FakeParameters, FakeScoreCache, FakeSona, FakeStore, FakeValkey


@dataclass(frozen=True)
class Answer:
    """What a client gets."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def ids(self) -> list[str]:
        return [result["content"]["id"] for result in self.json["results"]]


@dataclass
class Api:
    """A handler, and the fakes around it."""

    handler: Callable[[dict[str, Any], FakeContext], Any]
    parameters: FakeParameters = field(default_factory=FakeParameters)
    cache: FakeScoreCache = field(default_factory=FakeScoreCache)
    sona: FakeSona = field(default_factory=FakeSona)
    valkey: FakeValkey = field(default_factory=FakeValkey)
    store: FakeStore = field(default_factory=FakeStore)

    def send(self, event: dict[str, Any]) -> Answer:
        response = self.handler(event, FakeContext())
        # The resolver gives headers of one value as lists too; API Gateway joins them.
        headers = {name.lower(): str(value) for name, value in (response.get("headers") or {}).items()}
        return Answer(response["statusCode"], headers, response.get("body") or "")

    def request(self, method: str, path: str, **parts: Any) -> Answer:
        return self.send(http_event(method, path, **parts))

    def get(self, **query: Any) -> Answer:
        token = query.pop("token", None)
        return self.request("GET", "/v1/search", query=query, token=token)

    def post(self, body: object, token: str | None = None) -> Answer:
        return self.request("POST", "/v1/search", body=body, token=token)


def assert_problem(answer: Answer, status: int, field: str | None = None) -> None:
    """RFC 9457, of this status, naming this field; and nothing of our insides."""
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json
    assert (problem["type"], problem["status"]) == ("about:blank", status)
    assert problem["title"]
    named = {error["field"] for error in problem["errors"]}
    assert named == ({field} if field else set())
    assert all(error["detail"] for error in problem["errors"])
    assert "Traceback" not in answer.body
    assert ".py" not in answer.body
