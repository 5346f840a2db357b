"""The bed that the function is measured in: a real handler in this process, a real Valkey, and a minimal SONA."""

import contextlib
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import redis

from discovery.composition import InvalidationService, SearchService, invalidation_service, search_service
from discovery.lifecycle import exempt_from_collection
from discovery.policy.policy import Parameter
from discovery.policy.snapshot import SnapshotStore
from discovery.privacy.hashing import user_hash
from discovery.settings import (
    AuthSettings,
    CacheSettings,
    CatalogueSettings,
    PersonalizationSettings,
    PrivacySettings,
    Settings,
)
from lab.bench import score_server
from lab.bench.searches import QUERIES, WANTED_CANDIDATES, Event, Handler, body, context, search_event, search_function
from local.stack.issuer import AUDIENCE, ISSUER, Issuer
from local.stack.processes import valkey

USER = "ana"
GENERATION = 0
_KEY = "bench"
_DAY = 86_400


@dataclass(frozen=True)
class Window:
    """A query, and the contents that are personalized for it."""

    query: str
    content_ids: list[str]


@dataclass(frozen=True)
class Bed:
    """Where everything is."""

    settings: Settings
    issuer: Issuer

    @cached_property
    def token(self) -> str:
        """The user's token."""
        return self.sign()

    def sign(self) -> str:
        """A token of the user that nobody has seen before."""
        return self.issuer.sign(USER, jti=uuid.uuid4().hex)

    @property
    def user(self) -> str:
        """What stands for the user in keys."""
        return user_hash(USER, self.settings.privacy.user_key.get_secret_value().encode())

    def invalidate(self) -> None:
        """Make the user's scores misses, as the invalidation function does."""
        self._invalidation.invalidator.invalidate_user(USER)

    @cached_property
    def _invalidation(self) -> InvalidationService:
        return invalidation_service(self.settings)

    @contextlib.contextmanager
    def handler(self) -> Iterator[tuple[SearchService, Handler]]:
        """The function as Lambda holds it, its service already made."""
        service = search_service(self.settings)
        exempt_from_collection()
        try:
            yield service, search_function().make_handler(lambda: service)
        finally:
            service.close()

    @cached_property
    def valkey(self) -> redis.Redis:
        """A plain redis-py client, as it comes."""
        return redis.Redis.from_url(self.settings.cache.url)

    def windows(self, handler: Handler, wanted: int) -> list[Window]:
        """Queries that have a whole window of candidates in this catalogue.

        Raises:
            RuntimeError: the catalogue is too small for that.
        """
        found = []
        for query in QUERIES:
            answer = body(handler(search_event(query, page_size=str(WANTED_CANDIDATES)), context()))
            ids = [result["content"]["id"] for result in answer["results"]]
            if len(ids) == WANTED_CANDIDATES:
                found.append(Window(query, ids))
        if not found:
            raise RuntimeError(f"no query finds {WANTED_CANDIDATES} candidates in {self.settings.catalogue.path}")
        return found[:wanted]

    def events(self, windows: list[Window], *, personalized: bool) -> list[Event]:
        """The searches for these windows."""
        return [search_event(window.query, self.token if personalized else None) for window in windows]


@contextlib.contextmanager
def bed(bundle: Path, scratch: Path, *, batch: bool = True) -> Iterator[Bed]:
    """Start the servers; a policy is in Valkey, so nobody asks Parameter Store."""
    with valkey(scratch) as valkey_url, score_server.running(scratch, batch=batch) as sona_url:
        issuer = Issuer(scratch)
        settings = Settings(
            stage="bench",
            catalogue=CatalogueSettings(path=bundle),
            # A day, so that what a long run has cached does not expire within it.
            personalization=PersonalizationSettings(sona_url=sona_url, cache_ttl_sec=_DAY),
            cache=CacheSettings(url=valkey_url),
            auth=AuthSettings.model_validate(
                {"issuer": ISSUER, "audience": AUDIENCE, "jwks": json.dumps(issuer.jwks())}
            ),
            privacy=PrivacySettings.model_validate({"user_key": _KEY}),
        )
        made = Bed(settings, issuer)
        SnapshotStore(made.valkey).store({"boost_weight": Parameter("0.25")}, time.time(), _DAY)
        try:
            yield made
        finally:
            made.valkey.close()
