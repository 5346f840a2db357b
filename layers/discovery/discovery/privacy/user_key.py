"""The key of the HMAC that stands for a user id: from the settings, or from a parameter of Parameter Store.

A parameter is read in the init phase, on a thread beside the opening of the catalogue, and at most a second is waited
for it: with SnapStart the key is in the snapshot. Where that fails, searches go on without personalization, and one
that could use the key has it read again, on a thread, every ten seconds at most.
"""

import threading
import time
from collections.abc import Callable

from discovery.errors import PolicyUnavailable, UserKeyUnavailable
from discovery.observability import logger, metrics

_PATIENCE_SECONDS = 1.0
_RETRY_SECONDS = 10.0


class UserKey:
    """The key, once it is known."""

    def __init__(
        self, read: Callable[[], str], *, known: bytes | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take what reads it (see `parameters.read_secret`)."""
        self._read = read
        self._known = known
        self._clock = clock
        self._lock = threading.Lock()
        self._reading: threading.Thread | None = None
        self._tried_at: float | None = None

    def prefetch(self) -> None:
        """Begin to read."""
        with self._lock:
            if self._known is not None or (self._reading is not None and self._reading.is_alive()):
                return
            now = self._clock()
            if self._tried_at is not None and now - self._tried_at < _RETRY_SECONDS:
                return
            self._tried_at = now
            self._reading = threading.Thread(target=self._fetch, name="user key", daemon=True)
            self._reading.start()

    def wait(self) -> None:
        """Wait until the reading that was begun has ended, a second at most."""
        if self._reading is not None:
            self._reading.join(_PATIENCE_SECONDS)

    def at_hand(self) -> bytes:
        """The key, without waiting for it; empty where there is to be none.

        Raises:
            UserKeyUnavailable: it is not known yet; it is being read where that is due.
        """
        if self._known is None:
            self.prefetch()
            raise UserKeyUnavailable
        return self._known

    def required(self) -> bytes:
        """The key, read here and now where it is not known yet.

        Raises:
            UserKeyUnavailable: it could not be read.
        """
        if self._known is None:
            self._fetch()
        if self._known is None:
            raise UserKeyUnavailable
        return self._known

    def _fetch(self) -> None:
        try:
            self._known = self._read().encode()
        except PolicyUnavailable as error:
            metrics.count("UserKeyUnavailable")
            logger.error("the user key could not be read", reason=str(error))
        except Exception as error:  # noqa: BLE001 - a thread has no caller
            metrics.count("UserKeyUnavailable")
            logger.exception("reading the user key failed", reason=type(error).__name__)


def fixed_key(key: bytes) -> UserKey:
    """A key that is known."""
    return UserKey(str, known=key)
