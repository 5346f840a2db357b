"""Invalidation: of one user's scores, of everybody's, and of the policy's snapshot."""

import time
from collections.abc import Callable, Mapping

import redis

from discovery.errors import CacheUnavailable, PolicyRefused
from discovery.observability import logger, metrics
from discovery.personalization.score_cache import VERSION_TTL_SECONDS, new_version, version_key
from discovery.policy.parameters import PolicyParameters
from discovery.policy.parser import CACHE_GENERATION, parse_policy, switched_off
from discovery.policy.policy import Parameter, Policy
from discovery.policy.snapshot import SnapshotStore, life_left
from discovery.policy.source import report_refused
from discovery.privacy.hashing import user_hash
from discovery.privacy.user_key import UserKey
from discovery.valkey.client import VALKEY_ERRORS
from discovery.valkey.connections import PlainCluster


class Invalidator:
    """What the invalidation function does; synchronous, since it does one thing at a time."""

    def __init__(
        self,
        client: redis.Redis | PlainCluster,
        parameters: PolicyParameters,
        store: SnapshotStore,
        default: Policy,
        *,
        user_key: UserKey,
        policy_max_age_sec: float = 60,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._parameters = parameters
        self._store = store
        self._default = default
        self._user_key = user_key
        self._max_age_sec = policy_max_age_sec
        self._now = wall_clock

    def invalidate_user(self, user_id: str) -> None:
        """Make every score of a user a miss, those included that are being fetched right now.

        Raises:
            UserKeyUnavailable: there is no name under which to do so.
            CacheUnavailable: Valkey did not take it.
        """
        user = user_hash(user_id, self._user_key.required())
        try:
            self._client.set(version_key(user), new_version("i"), ex=VERSION_TTL_SECONDS)
        except VALKEY_ERRORS as error:
            raise CacheUnavailable(type(error).__name__) from error
        metrics.count("UserInvalidated")
        logger.info("user invalidated", user=user)

    def invalidate_all(self) -> int:
        """Make everybody's scores a miss by raising the cache generation; returns the new one.

        Raises:
            PolicyUnavailable: Parameter Store did not take it.
            CacheUnavailable: it did, but Valkey did not take the snapshot; searches see it within a minute.
        """
        current = self._parameters.read().get(CACHE_GENERATION, Parameter("")).value.strip()
        generation = self._parameters.raise_cache_generation(int(current) if current.isdecimal() else 0)
        metrics.count("AllInvalidated")
        logger.info("all invalidated", cache_generation=generation)
        self.refresh_policy()
        return generation

    def parameter_changed(self, name: str) -> bool:
        """Refresh the policy where a changed parameter is one of its own; whether it is.

        Raises:
            PolicyUnavailable, CacheUnavailable: as `refresh_policy`.
        """
        if not name.startswith(self._parameters.prefix):
            return False
        self.refresh_policy()
        return True

    def refresh_policy(self) -> None:
        """Read the policy from Parameter Store and share it.

        A refused one is reported, and the shared one stays; but the switch goes off if that is what it says.

        Raises:
            PolicyUnavailable: Parameter Store did not answer.
            CacheUnavailable: Valkey did not take it.
        """
        began = self._now()
        policy = self._acceptable(self._parameters.read(), began)
        if policy is not None:
            self._store.store(policy.parameters, began, life_left(began, self._max_age_sec, self._now()))
            logger.info("policy shared", policy_version=policy.version, epoch=policy.epoch)

    def _acceptable(self, parameters: Mapping[str, Parameter], began: float) -> Policy | None:
        try:
            return parse_policy(parameters, self._default, began)
        except PolicyRefused as refused:
            report_refused(refused)
            return switched_off(parameters, self._store.parameters(), self._default, began)
