"""EventBridge's part: events, the rules that choose among them, and delivery to functions."""

import asyncio
import json
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from local.stack.credentials import REGION
from local.stack.deployment import Rule
from local.stack.function import ACCOUNT, Report
from local.stack.gateway import Invocable
from local.stack.runtime_api import FunctionError

RETRY_DELAYS = (0.2, 1.0)
"""Seconds before each retry; Lambda retries an asynchronous invocation twice too, a minute and two later."""
MAX_ENTRIES = 10
"""Entries in one PutEvents request."""


class EventBus:
    """The default event bus: delivers each event to the functions whose rules match; its sender does not wait."""

    def __init__(self, rules: Sequence[Rule], functions: Mapping[str, Invocable], *, report: Report) -> None:
        for rule in rules:
            _check(rule.pattern)
        self._rules = rules
        self._functions = functions
        self._report = report
        self._deliveries: set[asyncio.Task[None]] = set()

    def publish(self, event: Mapping[str, Any]) -> None:
        """Accept an event; its deliveries run in the background."""
        for rule in self._rules:
            if matches(rule.pattern, event):
                delivery = asyncio.create_task(self._deliver(rule.function, event))
                self._deliveries.add(delivery)  # a task that nothing refers to may be garbage-collected
                delivery.add_done_callback(self._deliveries.discard)

    async def stop(self) -> None:
        """Cancel the deliveries that are under way."""
        for delivery in self._deliveries:
            delivery.cancel()
        await asyncio.gather(*self._deliveries, return_exceptions=True)

    async def _deliver(self, function: str, event: Mapping[str, Any]) -> None:
        for delay in (*RETRY_DELAYS, None):
            try:
                await self._functions[function].invoke(event)
            except FunctionError as error:
                if delay is None:
                    self._report(f"event {event['detail-type']!r}: {function} failed for good: {error}")
                    return
                await asyncio.sleep(delay)
            else:
                return


def new_event(
    source: str, detail_type: str, detail: Mapping[str, Any], *, resources: Iterable[str] = (), at: float | None = None
) -> dict[str, Any]:
    """Return an event as EventBridge delivers it; `at` is seconds since the epoch."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": source,
        "account": ACCOUNT,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)),
        "region": REGION,
        "resources": list(resources),
        "detail": detail,
    }


def put_events(request: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the answer to a PutEvents request, and the events it brought.

    Raises:
        ValueError: the request as a whole is refused.
    """
    entries = request.get("Entries")
    if not isinstance(entries, list) or not 1 <= len(entries) <= MAX_ENTRIES:
        raise ValueError(f"Entries must be a list of 1 to {MAX_ENTRIES} entries")
    results: list[dict[str, Any]] = []
    events = []
    for entry in entries:
        try:
            event = _event_of_entry(entry)
        except _EntryRefused as refused:
            results.append({"ErrorCode": refused.code, "ErrorMessage": str(refused)})
        else:
            events.append(event)
            results.append({"EventId": event["id"]})
    return {"FailedEntryCount": len(entries) - len(events), "Entries": results}, events


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether an event matches a pattern of exact values and prefixes."""
    for name, wanted in pattern.items():
        value = event.get(name)
        if isinstance(wanted, Mapping):
            if not isinstance(value, Mapping) or not matches(wanted, value):
                return False
        elif not any(_accepts(option, item) for option in wanted for item in _items(value)):
            return False
    return True


class _EntryRefused(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _event_of_entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    for field in ("Source", "DetailType", "Detail"):
        if not isinstance(entry.get(field), str) or not entry[field]:
            raise _EntryRefused("InvalidArgument", f"Parameter {field} is not valid. Reason: {field} is required.")
    if entry["Source"].startswith("aws."):
        raise _EntryRefused("NotAuthorizedForSource", "Not authorized for the source.")
    try:
        detail = json.loads(entry["Detail"])
    except ValueError:
        detail = None
    if not isinstance(detail, dict):
        raise _EntryRefused("MalformedDetail", "Detail is malformed.")
    at = entry.get("Time") if isinstance(entry.get("Time"), int | float) else None
    return new_event(entry["Source"], entry["DetailType"], detail, resources=entry.get("Resources") or (), at=at)


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _accepts(option: Any, value: Any) -> bool:
    if isinstance(option, Mapping):
        return isinstance(value, str) and value.startswith(option["prefix"])
    return bool(option == value)


def _check(pattern: Mapping[str, Any]) -> None:
    """Refuse a pattern that `matches` would misread: events would be lost silently."""
    for name, wanted in pattern.items():
        if isinstance(wanted, Mapping):
            _check(wanted)
        elif not isinstance(wanted, list) or any(isinstance(o, Mapping) and o.keys() != {"prefix"} for o in wanted):
            raise ValueError(
                f"event pattern, {name}: the local stack understands exact values and prefixes only, not {wanted}"
            )
