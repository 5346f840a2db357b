"""Gathering a person's scores: the cache, SONA for the missing ones, and the write-back, inside one deadline."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from discovery.api.auth import Caller
from discovery.errors import CacheUnavailable, SonaUnavailable, UserKeyUnavailable
from discovery.observability import logger, metrics
from discovery.personalization.deadline import in_time
from discovery.personalization.opt_outs import OptOuts
from discovery.personalization.score_cache import CacheRead, ScoreCache
from discovery.policy.policy import UNASSIGNED, Assignment, Policy
from discovery.policy.source import PolicySource
from discovery.privacy.hashing import user_hash
from discovery.privacy.search_id import mint
from discovery.privacy.user_key import UserKey
from discovery.reason import Reason
from discovery.sona.client import SonaClient
from discovery.sona.contract import Score, Why

_POLICY_SHARE_OF_DEADLINE = 0.5
"""The part of its deadline that the first search of an environment may spend on waiting for its policy."""


@dataclass(frozen=True)
class Gathered:
    """What came of gathering a person's scores."""

    policy: Policy
    policy_age_ms: int | None
    assignment: Assignment
    user: str | None
    """Keyed hash of the user id; None where nothing was looked up for them."""
    cached: Mapping[str, Score]
    """By content id."""
    live: Mapping[str, Score]
    """By content id."""
    reason: Reason | None
    """Why scores are missing, or were not asked for; None where all is well."""

    @cached_property
    def scores(self) -> Mapping[str, Score]:
        """All of them, by content id."""
        return {**self.cached, **self.live}


@dataclass
class _Arrived:
    """What has arrived so far; whatever is in it when the deadline strikes is used."""

    policy: Policy
    assignment: Assignment = UNASSIGNED
    user: str = ""
    cached: Mapping[str, Score] = field(default_factory=dict)
    live: dict[str, Score] = field(default_factory=dict)
    cache_failure: Reason | None = None

    @property
    def scores(self) -> int:
        """How many."""
        return len(self.cached.keys() | self.live.keys())

    def lacks_nothing(self, content_ids: Sequence[str]) -> bool:
        """Whether it is known whose scores they are, and all have arrived."""
        return bool(self.user) and self.scores == len(content_ids)


class ScoreGatherer:
    """Gathers scores for a search or a preview; what it is waiting for when its deadline strikes is cancelled."""

    def __init__(
        self,
        cache: ScoreCache,
        sona: SonaClient,
        policies: PolicySource,
        *,
        opt_outs: OptOuts,
        enabled: bool,
        user_key: UserKey,
        timeout_ms: float,
    ) -> None:
        self._cache = cache
        self._sona = sona
        self._policies = policies
        self._opt_outs = opt_outs
        self._enabled = enabled
        self._user_key = user_key
        self._timeout_sec = timeout_ms / 1000

    async def gather(
        self,
        person: Caller,
        content_ids: Sequence[str],
        *,
        variant: str | None = None,
        even_unused: bool = False,
        keep_order: bool = False,
    ) -> Gathered:
        """A person's scores of these contents, as many as arrive before the deadline; never raises.

        `variant` is assigned where the policy has it. `even_unused`: whether scores are wanted though nothing is
        blended with them, because the policy is switched off or the weight is 0. `keep_order`: whether there is nothing
        to look up, since the person asked for an order of their own.
        """
        arrived = _Arrived(self._policies.current)
        reason = self._reason_to_skip(person, keep_order=keep_order)
        if reason is None:
            filling = self._fill(arrived, person, content_ids, variant, even_unused)
            reason = await in_time(filling, self._timeout_sec, complete=lambda: arrived.lacks_nothing(content_ids))
            reason = reason or (None if content_ids else Reason.NO_CANDIDATES)
        elif reason is Reason.OPTED_OUT and self._enabled:
            await in_time(self._remember_opt_out(person), self._timeout_sec, complete=lambda: True)
        return Gathered(
            policy=arrived.policy,
            policy_age_ms=self._policies.age_ms(arrived.policy),
            assignment=arrived.assignment,
            user=arrived.user or None,
            cached=arrived.cached,
            live=arrived.live,
            reason=reason,
        )

    async def explain(self, person: Caller, content_ids: Sequence[str], *, elapsed_ms: float) -> Mapping[str, Why]:
        """What SONA says for its scores of contents, by content id, if it says so before the deadline; never raises.

        `elapsed_ms`: how much of the deadline has passed.
        """
        said: dict[str, Why] = {}

        async def ask() -> Reason | None:
            try:
                said.update(await self._sona.explain(person.user_id or "", content_ids))
            except SonaUnavailable as error:
                metrics.count("SonaExplanationFailed")
                logger.warning("SONA does not explain", reason=str(error))
                return error.reason
            return None

        await in_time(ask(), max(0.0, self._timeout_sec - elapsed_ms / 1000), complete=lambda: True)
        return said

    def identify(self, user_id: str) -> str:
        """The keyed hash of a user id; empty where there is no key to hash with."""
        try:
            key = self._user_key.at_hand()
        except UserKeyUnavailable:
            return ""
        return user_hash(user_id, key) if key else ""

    def search_id(self, user: str | None) -> str:
        """A new id for a search of a user (keyed hash), None where nobody was looked up; it proves itself."""
        try:
            return mint(self._user_key.at_hand(), user, time.time())
        except UserKeyUnavailable:
            return mint(b"", user, time.time())

    def assigned(self, policy: Policy, user: str, variant: str | None = None) -> Assignment:
        """What a policy assigns to a user (keyed hash) now; nothing as long as nobody knows the policy in force."""
        return policy.assign(user, variant, time.time()) if self._policies.is_known else UNASSIGNED

    async def aclose(self) -> None:
        """Close the connections to SONA and the cache."""
        await self._sona.aclose()
        await self._cache.aclose()

    def _reason_to_skip(self, person: Caller, *, keep_order: bool) -> Reason | None:
        """Why nothing at all is to be looked up, or None."""
        if (refusal := _refusal(person)) is not None:
            return refusal
        if keep_order:
            return Reason.SORTED
        try:
            return None if self._enabled and self._user_key.at_hand() else Reason.DISABLED
        except UserKeyUnavailable:
            return Reason.USER_KEY_UNAVAILABLE

    async def _remember_opt_out(self, person: Caller) -> None:
        if user := self.identify(person.user_id or ""):
            await self._opt_outs.remember(user, person.issued_at)

    async def _fill(
        self, arrived: _Arrived, person: Caller, content_ids: Sequence[str], variant: str | None, even_unused: bool
    ) -> Reason | None:
        """Look up the policy and the cached scores, then fetch the rest; why scores are missing, or None."""
        user_id = person.user_id or ""  # nobody without one comes here
        user = self.identify(user_id)
        if person.opted_out is not None:  # by the policy at hand, should the deadline strike in the look-up
            self._assign(arrived, user, variant)
        generation = arrived.policy.cache_generation
        read = await self._read(arrived, user, generation, content_ids)
        await self._settle(arrived, read)
        if reason := await self._heed_opt_out(person, user, read):
            return reason
        self._assign(arrived, user, variant)
        if not content_ids:
            return Reason.NO_CANDIDATES
        if not self._policies.is_known:
            return Reason.POLICY_UNAVAILABLE
        if not even_unused and not arrived.policy.enabled:
            return Reason.DISABLED
        if not even_unused and arrived.assignment.is_control:
            return Reason.CONTROL
        if read and generation != arrived.policy.cache_generation:  # raised since this environment's last search
            read = await self._read(arrived, user, arrived.policy.cache_generation, content_ids)
        return await self._complete(arrived, user_id, content_ids, read)

    async def _heed_opt_out(self, person: Caller, user: str, read: CacheRead | None) -> Reason | None:
        """Why somebody who does not ask themselves may not be looked up, or None; whoever asks is in again."""
        opted_out_at = read.opted_out_at if read else None
        if person.opted_out is None:
            return Reason.OPT_OUT_UNKNOWN if read is None else None if opted_out_at is None else Reason.OPTED_OUT
        if opted_out_at is not None and opted_out_at < person.issued_at:
            await self._opt_outs.forget(user, person.issued_at)
        return None

    async def _settle(self, arrived: _Arrived, read: CacheRead | None) -> None:
        """Put the policy in force that this search found, or waited for."""
        patience = self._timeout_sec * _POLICY_SHARE_OF_DEADLINE
        found, last = (read.policy, read.last_policy) if read else (None, None)
        arrived.policy = await self._policies.settle(found, patience, last_found=last)

    def _assign(self, arrived: _Arrived, user: str, variant: str | None) -> None:
        arrived.user, arrived.assignment = user, self.assigned(arrived.policy, user, variant)

    async def _complete(
        self, arrived: _Arrived, user_id: str, content_ids: Sequence[str], read: CacheRead | None
    ) -> Reason | None:
        """Fetch what the cache has not, and write it back; `read` is None where the cache did not answer."""
        arrived.cached = read.scores if read else {}
        missing = [content_id for content_id in content_ids if content_id not in arrived.cached]
        failure = await self._fetch(user_id, missing, arrived) if missing else None
        if read and arrived.live:
            await self._write_back(arrived, read)
        if failure or not arrived.scores:
            return failure or Reason.COLD_USER
        return arrived.cache_failure

    async def _fetch(self, user_id: str, missing: Sequence[str], arrived: _Arrived) -> Reason | None:
        try:
            await self._sona.fetch(user_id, missing, arrived.live.update, bounded=self._cache.lost_lately)
        except SonaUnavailable as error:
            metrics.count("SonaFailed")
            logger.warning("SONA failed", reason=str(error))
            return error.reason
        return None

    async def _read(
        self, arrived: _Arrived, user: str, generation: int, content_ids: Sequence[str]
    ) -> CacheRead | None:
        try:
            nothing_at_hand = not self._policies.has_read
            return await self._cache.read(user, generation, content_ids, last_policy=nothing_at_hand)
        except CacheUnavailable as error:
            metrics.count("CacheFailed")
            logger.warning("cache unavailable", reason=str(error))
            arrived.cache_failure = error.reason
            return None

    async def _write_back(self, arrived: _Arrived, read: CacheRead) -> None:
        generation = arrived.policy.cache_generation
        try:
            if not await self._cache.write_back(arrived.user, generation, read.version, arrived.live):
                metrics.count("WriteBackDropped")
        except CacheUnavailable as error:
            metrics.count("CacheFailed")
            logger.warning("write-back failed", reason=str(error))


def _refusal(person: Caller) -> Reason | None:
    """Why this person is never to be looked up, or None."""
    if person.user_id is None:
        return Reason.ANONYMOUS
    if person.opted_out:
        return Reason.OPTED_OUT
    return Reason.GLOBAL_PRIVACY_CONTROL if person.refuses else None
