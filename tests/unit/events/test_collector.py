"""A batch: judged, delivered, marked, answered."""

import pytest

from discovery.api.auth import ANONYMOUS, Caller
from discovery.artefacts.held import Fixed
from discovery.errors import EventsNotTaken
from discovery.events.collector import Collector
from discovery.events.delivery import Delivery
from discovery.events.marks import Marks
from discovery.events.sender import Sender
from discovery.events.titles import HeldTitles
from tests.conftest import Counted
from tests.eventing import NOW, FakeAws, FakeMarkStore, ubi

ANA, BEN, NOBODY = (Sender.of(one, b"key", anonymous=True) for one in (Caller("ana"), Caller("ben"), ANONYMOUS))


class Collecting:
    """A collector among fakes."""

    def __init__(self) -> None:
        self.aws, self.store = FakeAws(), FakeMarkStore()
        delivery = Delivery(self.aws, "outcomes", self.aws, "https://queue")
        titles = HeldTitles(Fixed("one", frozenset({"alien-1979", "heat-1995"})))
        self.collector = Collector(titles, Marks(self.store.client), delivery, wall_clock=lambda: NOW)

    async def verdicts(self, *events: object, by: Sender = ANA) -> list[str]:
        answer = await self.collector.collect(events, by)
        counts = [answer.accepted, answer.duplicates, answer.refused, answer.not_kept]
        assert sum(counts) == len(answer.events) == len(events)
        return [one.verdict.value for one in answer.events]


async def test_what_is_accepted_is_one_record_and_one_message_and_the_rest_goes_nowhere() -> None:
    collecting = Collecting()

    verdicts = await collecting.verdicts(ubi("click"), ubi("play", value=45), ubi("jump"), 7, ubi("dismiss"))

    assert verdicts == ["accepted", "accepted", "refused", "refused", "accepted"]
    assert len(collecting.aws.records) == 1
    assert [one["action"] for one in collecting.aws.outcomes] == ["click", "play", "dismiss"]
    (message,) = collecting.aws.messages
    assert message["user_id"] == "ana"
    assert [event["completion_rate"] for event in message["events"]] == [0.5, 0.0]


async def test_where_nothing_is_accepted_nothing_is_sent() -> None:
    collecting = Collecting()
    assert await collecting.verdicts(ubi("jump")) == ["refused"]
    assert not collecting.aws.records + collecting.aws.messages


async def test_a_batch_that_is_sent_again_is_known() -> None:
    collecting = Collecting()
    batch = [ubi("play"), ubi("click")]
    await collecting.verdicts(*batch)

    assert await collecting.verdicts(*batch, ubi("complete")) == ["duplicate", "duplicate", "accepted"]
    assert [one["action"] for one in collecting.aws.outcomes] == ["play", "click", "complete"]


async def test_an_id_counts_once_within_a_batch_and_once_for_each_person() -> None:
    collecting = Collecting()
    one, other = ubi("click", event_id="1"), ubi("click", "heat-1995", event_id="1")

    assert await collecting.verdicts(one, other) == ["accepted", "duplicate"]
    assert await collecting.verdicts(one, by=BEN) == ["accepted"]
    assert await collecting.verdicts(one, other | {"client_id": "tv-2"}, by=NOBODY) == ["accepted", "accepted"]


async def test_what_was_refused_may_be_sent_again_once_it_is_right() -> None:
    collecting = Collecting()
    await collecting.verdicts(ubi("jump", event_id="1"))
    assert await collecting.verdicts(ubi("click", event_id="1")) == ["accepted"]


async def test_without_the_marks_everything_is_accepted(counted: Counted) -> None:
    collecting = Collecting()
    collecting.store.fails = True
    batch = [ubi("play", event_id="1")]

    assert await collecting.verdicts(*batch) == await collecting.verdicts(*batch) == ["accepted"]
    assert counted()["EventMarksFailed"] == 4


@pytest.mark.parametrize("failing", ["stream", "queue"])
async def test_a_batch_that_is_not_taken_is_not_marked_so_that_it_can_be_sent_again(
    failing: str, counted: Counted
) -> None:
    collecting = Collecting()
    batch = [ubi("play"), ubi("click")]
    setattr(collecting.aws, f"{failing}_fails", True)
    with pytest.raises(EventsNotTaken):
        await collecting.verdicts(*batch)
    assert counted()["EventsNotTaken"] == 1

    setattr(collecting.aws, f"{failing}_fails", False)
    assert await collecting.verdicts(*batch) == ["accepted", "accepted"]


async def test_verdicts_and_reasons_are_counted(counted: Counted) -> None:
    collecting = Collecting()
    await collecting.verdicts(ubi("click", event_id="1"), ubi("click", event_id="1"), ubi("jump"), ubi(title="x"))
    refusing = Sender.of(Caller("ana", opted_out=True), b"key", anonymous=True)
    await collecting.verdicts(ubi(), ubi(), by=refusing)

    counts = counted()
    assert (counts["EventAccepted"], counts["EventDuplicate"], counts["EventRefused"]) == (1, 1, 2)
    assert (counts["EventNotKept"], counts["EventOptedOut"]) == (2, 2)
    assert (counts["EventUnknownAction"], counts["EventUnknownTitle"]) == (1, 1)
