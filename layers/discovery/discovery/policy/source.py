"""The policy in force in this environment: from the snapshot in Valkey, else from Parameter Store, else as it was.

An environment that has nothing at hand and can't read either knows no policy, and nor whether personalization is
switched off: until a reading succeeds it does not personalize. Only a setting lets the built-in policy stand in.

A search hands over the snapshot that its one round trip brought. Where there was none of use and the policy at hand is
old, Parameter Store is read on a thread of its own, at most once per `max_age_sec`, and the next search finds the
result. Only the first search of an environment, which has nothing at hand, waits for that, for a part of its deadline.

A snapshot ends for all environments at once. One of the warm ones then claims the reading and the others go on with
what they have. So Parameter Store, which takes 40 requests a second, is asked once and not by a thousand environments.
"""

import asyncio
import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

from discovery.errors import CacheUnavailable, PolicyRefused, PolicyUnavailable
from discovery.observability import logger, metrics
from discovery.policy import snapshot
from discovery.policy.parameters import PolicyParameters
from discovery.policy.policy import Policy
from discovery.policy.refresh import PolicyRefresh, report_refused
from discovery.policy.snapshot import SnapshotStore

_CLAIM_SECONDS = 10.0
"""How long a claim of the reading holds: longer than a reading takes. Then another environment may try.

And how soon an environment that knows no policy tries again.

A claim outlives a reading that failed, so that a Parameter Store that refuses to answer is not asked all the more.
"""
_CLOCK_SKEW_SECONDS = 60.0
"""How far another environment's clock may be ahead; a snapshot from later would keep all newer ones out."""


class PolicySource:
    """Keeps the last good policy and knows when to look for a newer one."""

    def __init__(
        self,
        parameters: PolicyParameters,
        store: SnapshotStore,
        default: Policy,
        *,
        max_age_sec: float,
        default_suffices: bool = False,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """`default_suffices`: whether the built-in policy is in force where no other is known."""
        self._refresh = PolicyRefresh(parameters, store, default, max_age_sec=max_age_sec, wall_clock=wall_clock)
        self._store = store
        self._default = default
        self._max_age_sec = max_age_sec
        self._claim_sec = min(_CLAIM_SECONDS, max_age_sec)
        self._default_suffices = default_suffices
        self._now = wall_clock
        self._current = default
        self._last_snapshot: bytes | None = None
        self._last_was_usable = False
        self._reading: Future[None] | None = None
        self._next_reading_at = -math.inf
        self._lock = threading.Lock()

    @property
    def current(self) -> Policy:
        """The last good policy, or the built-in one."""
        return self._current

    @property
    def has_read(self) -> bool:
        """Whether `current` was read from Parameter Store, by this environment or another."""
        return self._current.read_at is not None

    @property
    def is_known(self) -> bool:
        """Whether `current` is in force; without it nobody's search is personalized."""
        return self._default_suffices or self.has_read

    def age_ms(self, policy: Policy) -> int | None:
        """Milliseconds since a policy was read from Parameter Store; None for the built-in one."""
        return None if policy.read_at is None else max(0, round((self._now() - policy.read_at) * 1000))

    def stamp(self) -> dict[str, object]:
        """What every log line says of the policy."""
        return {"policy_version": self._current.version, "policy_age_ms": self.age_ms(self._current)}

    async def settle(
        self, snapshot_found: bytes | None, patience_sec: float, *, last_found: bytes | None = None
    ) -> Policy:
        """The policy for a search that found this snapshot; waits only with nothing at hand, `patience_sec` at most.

        `last_found` is the snapshot that never ends. It counts where there is no other, and Parameter Store is late.
        """
        had_read = self.has_read
        is_shared = snapshot_found is not None and self._adopt_snapshot(snapshot_found)
        if not is_shared and (reading := self.refresh_if_old()) is not None and not had_read:
            await asyncio.wait([asyncio.wrap_future(reading)], timeout=patience_sec)
        if last_found is not None and not self.has_read:
            self._adopt_snapshot(last_found)
        return self._current

    def refresh_if_old(self) -> Future[None] | None:
        """Start a refresh where the policy is older than it may be; the one under way, if any."""
        with self._lock:
            if self._reading is not None and not self._reading.done():
                return self._reading
            now, read_at = self._now(), self._current.read_at
            is_young = read_at is not None and snapshot.life_left(read_at, self._max_age_sec, now) > 0
            if is_young or now < self._next_reading_at:
                return None
            self._next_reading_at = now + self._max_age_sec
            reading = self._reading = Future()
        threading.Thread(target=self._read, args=(reading,), name="policy", daemon=True).start()
        return reading

    def _adopt_snapshot(self, found: bytes) -> bool:
        """Whether the snapshot is of use; one that is not is reported once."""
        if found == self._last_snapshot:
            return self._last_was_usable
        self._last_snapshot, self._last_was_usable = found, False
        try:
            self._adopt(snapshot.decode(found, self._default, not_after=self._now() + _CLOCK_SKEW_SECONDS))
        except PolicyRefused as refused:
            report_refused(refused)
        except ValueError as error:
            metrics.count("PolicySnapshotInvalid")
            logger.warning("policy snapshot ignored", reason=str(error))
        else:
            self._last_was_usable = True
        return self._last_was_usable

    def _adopt(self, policy: Policy) -> None:
        with self._lock:
            if (policy.read_at or 0.0) >= (self._current.read_at or 0.0):
                self._current = policy

    def _read(self, reading: Future[None]) -> None:
        """Refresh the policy; on the thread. Its metrics are flushed with the next search."""
        try:
            if self._is_mine_to_read():
                self._refresh.run(self._current if self.has_read else None, self._adopt)
        except PolicyUnavailable as error:
            metrics.count("PolicyUnavailable")
            logger.warning("Parameter Store did not answer", reason=str(error))
            self._keep_last()
        except CacheUnavailable as error:
            logger.warning("policy read but not shared", reason=str(error))
        except Exception as error:  # noqa: BLE001 - a thread has no caller: log whatever it is, and keep the policy
            metrics.count("PolicyUnavailable")
            logger.exception("reading the policy failed", reason=type(error).__name__)
        finally:
            if not self.has_read:
                self._next_reading_at = self._now() + self._claim_sec
            reading.set_result(None)

    def _keep_last(self) -> None:
        """Keep the policy at hand for environments to come: Valkey may have lost it since it was read."""
        policy = self._current
        if policy.read_at is None:
            return
        try:
            self._store.keep(policy.parameters, policy.read_at)
        except CacheUnavailable as error:
            logger.warning("last policy not kept", reason=str(error))

    def _is_mine_to_read(self) -> bool:
        """With nothing at hand or no Valkey to agree by, every environment reads for itself."""
        if not self.has_read:
            return True
        try:
            mine = self._store.claim_reading(self._claim_sec)
        except CacheUnavailable:
            return True
        if not mine:  # come back once the claim has ended: its owner may have failed
            self._next_reading_at = self._now() + self._claim_sec
        return mine
