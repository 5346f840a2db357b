"""The calls that `make run` prints, through `sam local start-api` and through the local stack: the same answers."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.containers.sam import Sam
from local.stack.credentials import CREDENTIALS
from local.stack.folders import find
from local.stack.issuer import Issuer

CALLS = ["as nobody", "as ana", "weight turned up", "forget", "as ana, after it"]
SEEN_WITHIN_SECONDS = 30.0
DEFAULT = 0.2
"""The weight that the stack starts with: all that has read the policy already knows this one."""

type Answers = dict[str, Any]


class Person:
    """Ana at one of the two APIs, and the operator of the stack behind both."""

    def __init__(self, api_url: str, state: Path) -> None:
        self._stack = find(state)
        self._bearer = {"Authorization": f"Bearer {Issuer(state).sign('ana')}"}
        # A container is started within the first call to each function.
        self._api = httpx.Client(base_url=api_url, timeout=120, trust_env=False)

    def answers(self) -> Answers:
        """The answers to the calls in order, from the same beginning each time."""
        with self._api:
            self.turn(DEFAULT)
            self.forget()
            nobody, ana = self.search(signed_in=False), self.search()
            self.turn(0.6)
            turned, forgotten, after = self.search(), self.forget(), self.search()
        return dict(zip(CALLS, (nobody, ana, turned, forgotten, after), strict=True))

    def search(self, *, signed_in: bool = True) -> Any:
        parameters = {"query": "adventure", "page_size": "5", "explain": "true"}
        return self._json(self._api.get("/v1/search", params=parameters, headers=self._bearer if signed_in else {}))

    def forget(self) -> Any:
        return self._json(self._api.delete("/v1/users/me/personalization-cache", headers=self._bearer))

    def turn(self, weight: float) -> None:
        """Edit the default weight as an operator does, and wait until a search shows it."""
        name = f"/discovery/{self._stack.stage}/personalization/boost_weight"
        command = [str(Path(sys.executable).parent / "aws"), "ssm", "put-parameter", "--overwrite", "--name", name]
        command += ["--value", f"{weight:.2f}", "--endpoint-url", self._stack.aws_endpoint_url]
        subprocess.run(command, check=True, capture_output=True, env=os.environ | CREDENTIALS)
        until(lambda: self.search()["personalization"]["weight"] == weight)

    def _json(self, response: httpx.Response) -> Any:
        assert response.status_code == 200, response.text
        return response.json()


def until(satisfied: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SEEN_WITHIN_SECONDS
    while not satisfied():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture(scope="module")
def in_containers(sam: Sam, state: Path) -> Answers:
    with sam.api(state / "sam.log") as url:
        return Person(url, state).answers()


@pytest.fixture(scope="module")
def in_the_stack(state: Path) -> Answers:
    return Person(find(state).api_url, state).answers()


@pytest.mark.parametrize("call", CALLS)
def test_a_call_has_the_same_answer_in_containers_as_in_the_local_stack(
    call: str, in_containers: Answers, in_the_stack: Answers
) -> None:
    assert timeless(in_containers[call]) == timeless(in_the_stack[call])


def test_the_calls_did_what_they_are_there_for(in_containers: Answers) -> None:
    blocks = {call: answer["personalization"] for call, answer in in_containers.items() if call != "forget"}

    assert blocks["as nobody"]["reason"] == "anonymous"
    assert (blocks["as ana"]["status"], blocks["as ana"]["from_cache"]) == ("applied", 0)
    assert blocks["weight turned up"]["weight"] == 0.6
    assert blocks["weight turned up"]["from_cache"] == blocks["weight turned up"]["candidates"] > 0
    assert in_containers["forget"]["status"] == "invalidated"
    assert blocks["as ana, after it"]["from_cache"] == 0


def timeless(value: Any) -> Any:
    """An answer without what is another each time: ids of searches, times and ages, and words that may be late."""
    if isinstance(value, dict):
        another = {"search_id", "because_you_liked", "why"}
        return {
            name: timeless(part) for name, part in value.items() if name not in another and not name.endswith("_ms")
        }
    return [timeless(part) for part in value] if isinstance(value, list) else value
