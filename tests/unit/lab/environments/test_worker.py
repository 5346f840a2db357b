"""What an environment in a process of its own does with its orders."""

import json
from typing import Any

import pytest

from lab.environments.worker import Worker


class Handler:
    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.events: list[Any] = []

    def __call__(self, event: Any, _: Any) -> dict[str, Any]:
        self.events.append(event)
        return {"statusCode": self.status, "body": json.dumps({"personalization": {"status": "applied"}})}


def ready(handler: Handler) -> Worker:
    worker = Worker(handler)
    worker.obey({"do": "take", "events": [{"query": "one"}, {"query": "two"}]})
    return worker


def test_a_search_is_timed_and_tells_of_its_personalization() -> None:
    handler = Handler()

    answer = ready(handler).obey({"do": "search", "event": 1})

    assert handler.events == [{"query": "two"}]
    assert answer["seconds"] >= 0
    assert answer["cpu_seconds"] >= 0
    assert answer["personalization"] == {"status": "applied"}


def test_searching_for_a_while_takes_the_events_in_turn() -> None:
    handler = Handler()

    taken = ready(handler).obey({"do": "search", "seconds": 0.01})

    assert len(taken) == len(handler.events)
    assert handler.events[0] != handler.events[1]


def test_an_answer_other_than_200_is_no_figure() -> None:
    with pytest.raises(RuntimeError, match="500"):
        ready(Handler(status=500)).obey({"do": "search", "event": 0})


def test_an_unknown_order_is_refused() -> None:
    with pytest.raises(ValueError, match="no such order"):
        ready(Handler()).obey({"do": "sing"})
