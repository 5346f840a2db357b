"""The version that is current in OpenSearch, asked for from time to time, and for a while the one before it."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from discovery.errors import CatalogueError, IndexUnavailable
from discovery.observability import logger, metrics
from discovery.opensearch.about import About
from discovery.opensearch.engine import reason_of
from discovery.opensearch.versions import KEPT_SECONDS

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

Connect = Callable[[], "OpenSearch"]


@dataclass(frozen=True)
class _Held[Opened]:
    """What is made of a version."""

    index: str
    version: str
    opened: Opened
    replaced_at: float = 0.0
    """By the wall clock; of one that was replaced."""


class FollowedVersion[Opened]:
    """Holds what is made of the current version, and for a while of the one before it; any number of threads may ask.

    As `artefacts.followed.Followed` follows a pointer. Where it has not asked for as long as versions are kept, because
    it was frozen or restored from a snapshot, OpenSearch may no longer have its own; so `current` asks first.
    """

    def __init__(
        self,
        connect: Connect,
        alias: str,
        made: Callable[[str, About], Opened],
        *,
        poll_seconds: float,
        kept_seconds: float = KEPT_SECONDS,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """`made` is given the index of titles and what it tells of itself."""
        self._connect = connect
        self._alias = alias
        self._made = made
        self._poll_seconds = poll_seconds
        self._kept_seconds = kept_seconds
        self._now = wall_clock
        self._current: _Held[Opened] | None = None
        self._before: _Held[Opened] | None = None
        self._polled_at = 0.0
        self._polls: OpenSearch | None = None
        self._polling = threading.Lock()

    def current(self) -> Opened:
        """What is made of the current version. Where a poll is due it begins on a thread, which nobody waits for.

        Raises:
            IndexUnavailable: nothing is held yet, and OpenSearch tells of no version that can be used.
        """
        if self._current is None:
            with self._polling:
                return (self._current or self._first()).opened
        age = self._now() - self._polled_at
        if not 0 <= age < self._kept_seconds:  # a clock may go back
            return self.poll()
        if age >= self._poll_seconds and not self._polling.locked():
            threading.Thread(target=self.poll, name="catalogue-poll", daemon=True).start()
        return self._current.opened

    def held(self, artefact: str) -> Opened | None:
        """What is made of the version of an id (`About.version`), where that is held."""
        for held in (self._current, self._before):
            if held is not None and held.version == artefact:
                return held.opened
        return None

    def all_held(self) -> list[Opened]:
        """Of the current version, and of the one before it while that is held; begins a poll as `current` does."""
        current, before = self.current(), self._before
        return [current] if before is None else [current, before.opened]

    def poll(self) -> Opened:
        """Ask which version is current, and return what is made of it; at once where another thread is asking.

        Where it can't be told, or nothing can be made of it, all stays as it is.

        Raises:
            IndexUnavailable: of the first call alone.
        """
        current = self._current
        if current is None:
            return self.current()
        if self._polling.acquire(blocking=False):
            try:
                self._poll(current)
            finally:
                self._polled_at = self._now()
                self._polling.release()
        return (self._current or current).opened

    @metrics.flushed_after  # in the init phase no handler follows that would write them, least of all after an error
    def _first(self) -> _Held[Opened]:
        with closing(self._connect()) as client:  # a snapshot may follow, so no connection is kept
            try:
                index, about = self._asked(client)
            except CatalogueError as error:
                metrics.count("CatalogueRefused")
                logger.error("catalogue not used", reason=str(error))
                raise IndexUnavailable("failed") from error
        self._current = _Held(index, about.version, self._made(index, about))
        self._polled_at = self._now()
        logger.info("catalogue opened", index=index)
        return self._current

    @metrics.flushed_after  # on a thread of its own no handler follows that would write them
    def _poll(self, current: _Held[Opened]) -> None:
        if self._before is not None and not 0 <= self._now() - self._before.replaced_at < self._kept_seconds:
            self._before = None
        try:
            if self._polls is None:
                self._polls = self._connect()
            index, about = self._asked(self._polls)
            if index != current.index:
                self._swap(current, index, about)
        except IndexUnavailable as error:
            metrics.count("CataloguePollFailed")
            logger.warning("current catalogue not known", reason=error.reason)
        except Exception as error:  # noqa: BLE001 - whatever it is, requests have an answer without it
            metrics.count("CatalogueRefused")
            logger.error("catalogue not used", reason=str(error))

    def _swap(self, current: _Held[Opened], index: str, about: About) -> None:
        before = self._before
        is_back = before is not None and before.index == index  # after a rollback
        opened = before.opened if before is not None and is_back else self._made(index, about)
        self._current = _Held(index, about.version, opened)
        self._before = _Held(current.index, current.version, current.opened, self._now())
        logger.info("catalogue swapped", index=index, before=current.index)

    def _asked(self, client: "OpenSearch") -> tuple[str, About]:
        """The current version's index, and what it tells.

        Raises:
            IndexUnavailable: there is no answer; says why.
            CatalogueError: the answer is no version that can be used.
        """
        from opensearchpy.exceptions import NotFoundError, OpenSearchException  # noqa: PLC0415

        try:
            said = client.indices.get_mapping(index=self._alias, filter_path="*.mappings._meta")
        except NotFoundError as error:
            raise CatalogueError(f"there is no catalogue {self._alias}") from error
        except (OpenSearchException, OSError) as error:
            raise IndexUnavailable(reason_of(error)) from error
        if len(said) != 1:
            raise CatalogueError(f"{self._alias} is {len(said)} catalogues")
        ((index, told),) = said.items()
        return index, About.of(told["mappings"]["_meta"], index)
