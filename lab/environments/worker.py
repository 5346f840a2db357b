"""One environment of a search function, in a process of its own; the function may be that of any checkout.

    PYTHONPATH=CHECKOUT/functions/search:CHECKOUT/layers/discovery:SITE-PACKAGES python -S -P worker.py

It needs the standard library alone and imports nothing of the project but the function's `app`: what the function can
import here is what that checkout has. Orders come as JSON lines on standard input, and each gets a line in return on
standard output; what the function itself writes there goes nowhere. The end of the input ends the process.
"""

import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

_BUSY_ROUNDS = 200_000
_CONTEXT = SimpleNamespace(
    function_name="discovery-lab",
    function_version="$LATEST",
    memory_limit_in_mb="512",
    invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:discovery-lab",
    aws_request_id="00000000-0000-4000-8000-000000000000",
    get_remaining_time_in_millis=lambda: 10_000,
)


class Worker:
    """A handler, and the events it is asked to handle."""

    def __init__(self, handler: Callable[[Any, Any], Any]) -> None:
        self._handler = handler
        self._events: list[dict[str, Any]] = []
        self._turn = 0

    def obey(self, order: dict[str, Any]) -> Any:
        """Carry an order out; returns its answer.

        Raises:
            RuntimeError: the function answered other than 200, so that no figure of it would mean anything.
            ValueError: there is no such order.
        """
        match order:
            case {"do": "take", "events": list(events)}:
                self._events = events
            case {"do": "search", "event": int(number)}:
                began = time.process_time()
                seconds, answer = self._search(number)
                cpu = time.process_time() - began
                found = json.loads(answer["body"])["personalization"]
                return {"seconds": seconds, "cpu_seconds": cpu, "personalization": found}
            case {"do": "search", "seconds": float(seconds)}:
                return _until(seconds, self._next)
            case {"do": "be busy", "seconds": float(seconds)}:
                return _until(seconds, busy_loop)
            case {"do": "memory"}:
                return peak_memory()
            case _:
                raise ValueError(f"no such order: {order}")
        return None

    def _next(self) -> float:
        self._turn += 1
        return self._search(self._turn % len(self._events))[0]

    def _search(self, number: int) -> tuple[float, dict[str, Any]]:
        event = self._events[number]
        began = time.perf_counter()
        answer = self._handler(event, _CONTEXT)
        elapsed = time.perf_counter() - began
        if answer["statusCode"] != 200:  # noqa: PLR2004 - HTTP's
            raise RuntimeError(f"the search function answered {answer['statusCode']}: {answer.get('body')}")
        return elapsed, answer


def busy_loop(clock: Callable[[], float] = time.perf_counter) -> float:
    """Seconds that a fixed piece of pure Python takes now."""
    began = clock()
    total = 0
    for number in range(_BUSY_ROUNDS):
        total += number & 7
    return clock() - began


def peak_memory() -> float:
    """The most memory this process ever held, mapped files included, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux; its getrusage also counts what the process was before it became this program
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return float(line.split()[1]) * 1024
    kilobytes = 1 if sys.platform == "darwin" else 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * kilobytes)


def _until(seconds: float, work: Callable[[], float]) -> list[float]:
    ends = time.perf_counter() + seconds
    taken = []
    while time.perf_counter() < ends:
        taken.append(work())
    return taken


def main() -> None:
    """Load the function, say so, and obey."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    began = time.perf_counter()
    worker = Worker(importlib.import_module("app").lambda_handler)
    answers.write(json.dumps(time.perf_counter() - began) + "\n")
    for line in sys.stdin:
        answers.write(json.dumps(worker.obey(json.loads(line))) + "\n")


if __name__ == "__main__":
    main()
