"""The use case: a batch of events, from what was sent to a verdict on each, and to where what is accepted belongs."""

import time
from collections import Counter
from collections.abc import Callable, Sequence

from discovery.api.event_responses import EventsResponse, Verdict
from discovery.events.delivery import Delivery
from discovery.events.judgement import Judged, content_id, judge
from discovery.events.marks import Marks
from discovery.events.outcome import Outcome
from discovery.events.sender import Sender
from discovery.events.titles import Titles
from discovery.events.viewing import update
from discovery.observability import metrics

_METRICS = {
    Verdict.ACCEPTED: "EventAccepted",
    Verdict.DUPLICATE: "EventDuplicate",
    Verdict.REFUSED: "EventRefused",
    Verdict.NOT_KEPT: "EventNotKept",
}


class Collector:
    """Collects events of one catalogue's titles."""

    def __init__(
        self,
        titles: Titles,
        marks: Marks,
        delivery: Delivery,
        *,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._titles = titles
        self._marks = marks
        self._delivery = delivery
        self._now = wall_clock

    async def collect(self, events: Sequence[object], sender: Sender) -> EventsResponse:
        """Judge a batch, deliver what is accepted, and answer.

        Raises:
            EventsNotTaken: it was not delivered; sending the same again is safe.
        """
        now = self._now()
        titles = await self._titles.known({one for one in map(content_id, events) if one is not None})
        judged = await self._without_repetitions([judge(event, sender, titles, now) for event in events])
        outcomes = [one.outcome for one in judged if one.outcome is not None]
        if outcomes:
            told = update(sender.user_id, outcomes) if sender.user_id is not None else None
            await self._delivery.deliver(outcomes, told)
            await self._marks.mark(outcomes)
        return _answer(judged)

    async def _without_repetitions(self, judged: Sequence[Judged]) -> list[Judged]:
        """The same, where an event is a duplicate if it was delivered before, or is earlier in this batch."""
        seen = await self._marks.marked([one.outcome for one in judged if one.outcome is not None])
        result = []
        for one in judged:
            name = _name(one.outcome)
            result.append(one.as_duplicate if name in seen else one)
            if name is not None:
                seen.add(name)
        return result


def _name(outcome: Outcome | None) -> tuple[str, str] | None:
    return None if outcome is None else (outcome.person, outcome.event_id)


def _answer(judged: Sequence[Judged]) -> EventsResponse:
    counts = Counter(one.verdict.verdict for one in judged)
    for verdict, count in counts.items():
        metrics.count(_METRICS[verdict], count)
    for reason, count in Counter(one.verdict.reason for one in judged if one.verdict.reason).items():
        metrics.count("Event" + "".join(part.capitalize() for part in reason.split("_")), count)
    return EventsResponse(
        accepted=counts[Verdict.ACCEPTED],
        duplicates=counts[Verdict.DUPLICATE],
        refused=counts[Verdict.REFUSED],
        not_kept=counts[Verdict.NOT_KEPT],
        events=tuple(one.verdict for one in judged),
    )
