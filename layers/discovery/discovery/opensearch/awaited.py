"""What an environment holds that may start while OpenSearch does not answer: something instead, until it does."""

import threading
import time
from collections.abc import Callable

from discovery.artefacts.held import Held
from discovery.errors import IndexUnavailable
from discovery.observability import logger

_RETRY_SECONDS = 1.0


class Awaited[Opened]:
    """Holds what another one holds, and something instead as long as that could not be had; nobody waits for it."""

    def __init__(self, held: Held[Opened], instead: Opened, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`held` raises `IndexUnavailable` from `current` until it is known; the first try is made now."""
        self._held = held
        self._instead = instead
        self._clock = clock
        self._known = False
        self._tried_at = 0.0
        self._trying = threading.Lock()
        self._try()

    def current(self) -> Opened:
        """What is current, or what stands in for it; where that is not known, asks again on a thread of its own."""
        if self._known:
            return self._held.current()
        if self._clock() - self._tried_at >= _RETRY_SECONDS and not self._trying.locked():
            threading.Thread(target=self._try, name="catalogue-wait", daemon=True).start()
        return self._instead

    def held(self, artefact: str) -> Opened | None:
        """The one of an id, where it is held."""
        return self._held.held(artefact)

    def all_held(self) -> list[Opened]:
        """All that is held, or what stands in for it."""
        return self._held.all_held() if self._known else [self._instead]

    def _try(self) -> None:
        if not self._trying.acquire(blocking=False):
            return
        try:
            self._held.current()
            self._known = True
        except IndexUnavailable as error:
            logger.warning("current catalogue not known yet", reason=error.reason)
        finally:
            self._tried_at = self._clock()
            self._trying.release()
