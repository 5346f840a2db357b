"""Marks in Valkey of events that were delivered, so that one that is sent again is known for an hour.

They spare queue and lake what a client sends twice, and tell it so. Nothing depends on them: profiles take an event
twice, and readers of the lake count an id of a person once. Without Valkey every event counts as new.
"""

from collections.abc import Iterable, Sequence

from discovery.errors import CacheUnavailable
from discovery.events.outcome import Outcome
from discovery.observability import logger, metrics
from discovery.valkey.client import AsyncValkey

LIFE_SECONDS = 3_600
"""Clients send again within minutes; a day of marks would be 128 GB at 10 000 events a second (docs/adr/0035)."""


def mark_key(person: str, event_id: str) -> str:
    """Key of the mark of a person's event, in one cluster slot with those of their other events."""
    return f"event:{{{person}}}:{event_id}"


class Marks:
    """Reads and writes the marks."""

    def __init__(self, client: AsyncValkey) -> None:
        self._client = client

    async def marked(self, outcomes: Sequence[Outcome]) -> set[tuple[str, str]]:
        """Those of these events, as (person, event id), that were delivered before."""
        people: dict[str, list[str]] = {}
        for outcome in outcomes:
            people.setdefault(outcome.person, []).append(outcome.event_id)
        if not people:
            return set()
        commands = [("MGET", *(mark_key(person, one) for one in ids)) for person, ids in people.items()]
        try:
            answers = await self._client.ask(*commands)
        except CacheUnavailable as error:
            _failed(error)
            return set()
        return {
            (person, event_id)
            for (person, ids), answer in zip(people.items(), answers, strict=True)
            if isinstance(answer, list)
            for event_id, value in zip(ids, answer, strict=True)
            if value is not None
        }

    async def mark(self, outcomes: Iterable[Outcome]) -> None:
        """Mark events that were delivered."""
        keys = [mark_key(outcome.person, outcome.event_id) for outcome in outcomes]
        if not keys:
            return
        try:
            await self._client.ask(*(("SET", key, "1", "NX", "EX", LIFE_SECONDS) for key in keys))
        except CacheUnavailable as error:
            _failed(error)


def _failed(error: CacheUnavailable) -> None:
    metrics.count("EventMarksFailed")
    logger.warning("event marks unavailable", reason=str(error))
