"""The events function: its service, and its parts."""

import asyncio
from dataclasses import dataclass

from discovery.api.auth import Authenticator, Caller
from discovery.api.event_requests import EventBatch
from discovery.api.event_responses import EventsResponse
from discovery.composition.catalogue import held
from discovery.composition.parts import user_key_of
from discovery.errors import UserKeyUnavailable
from discovery.events.collector import Collector
from discovery.events.delivery import Delivery, aws_clients
from discovery.events.marks import Marks
from discovery.events.sender import Sender
from discovery.events.titles import HeldTitles, IndexedTitles, Titles
from discovery.privacy.user_key import UserKey
from discovery.settings.settings import Settings
from discovery.valkey.connections import async_valkey


@dataclass(frozen=True)
class EventsService:
    """What the events function holds."""

    collector: Collector
    authenticator: Authenticator
    user_key: UserKey
    anonymous: bool
    runner: asyncio.Runner

    def collect(self, batch: EventBatch, caller: Caller) -> EventsResponse:
        """Collect a batch, synchronously, as Lambda calls.

        Raises:
            UserKeyUnavailable: there is no name under which to keep anything.
            EventsNotTaken: it was not delivered.
        """
        key = self.user_key.required()
        if not key:
            raise UserKeyUnavailable
        sender = Sender.of(caller, key, anonymous=self.anonymous)
        return self.runner.run(self.collector.collect(batch.events, sender))


def _titles(settings: Settings) -> Titles:
    if settings.retrieval.engine == "bundle":
        return HeldTitles(held(settings.catalogue, lambda catalogue: frozenset(catalogue.ids)))
    from discovery.composition.opensearch import engine_of  # noqa: PLC0415 - a bundle needs no client

    return IndexedTitles(engine_of(settings), settings.opensearch.index)


def events_service(settings: Settings) -> EventsService:
    """The events function's parts; reads the catalogue's ids, and is connected to nothing afterwards.

    Raises:
        BundleInvalid: there is no usable catalogue.
    """
    user_key = user_key_of(settings.privacy)
    user_key.prefetch()
    firehose, sqs = aws_clients()
    delivery = Delivery(firehose, settings.events.stream, sqs, settings.events.queue_url)
    collector = Collector(_titles(settings), Marks(async_valkey(settings.cache)), delivery)
    user_key.wait()
    return EventsService(collector, Authenticator(settings.auth), user_key, settings.events.anonymous, asyncio.Runner())
