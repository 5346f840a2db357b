"""Invalidation: of one user's scores, and of everybody's."""

import redis

from discovery.observability import logger, metrics
from discovery.personalization.score_cache import VERSION_TTL_SECONDS, new_version, version_key
from discovery.policy.parameters import PolicyParameters
from discovery.privacy.hashing import user_hash
from discovery.privacy.user_key import UserKey
from discovery.valkey.client import asking_valkey
from discovery.valkey.connections import PlainCluster


class Invalidator:
    """Makes scores misses; synchronous, since the invalidation function does one thing at a time."""

    def __init__(self, client: redis.Redis | PlainCluster, parameters: PolicyParameters, *, user_key: UserKey) -> None:
        self._client = client
        self._parameters = parameters
        self._user_key = user_key

    def invalidate_user(self, user_id: str) -> None:
        """Make every score of a user a miss, those included that are being fetched right now.

        Raises:
            UserKeyUnavailable: there is no name under which to do so.
            CacheUnavailable: Valkey did not take it.
        """
        user = user_hash(user_id, self._user_key.required())
        with asking_valkey():
            self._client.set(version_key(user), new_version("i"), ex=VERSION_TTL_SECONDS)
        metrics.count("UserInvalidated")
        logger.info("user invalidated", user=user)

    def invalidate_all(self) -> int:
        """Make everybody's scores a miss by raising the cache generation; returns the new one.

        Searches see it once the policy is refreshed, at the latest when the snapshot of the old one has ended.

        Raises:
            PolicyUnavailable: Parameter Store did not take it.
        """
        generation = self._parameters.raise_cache_generation()
        metrics.count("AllInvalidated")
        logger.info("all invalidated", cache_generation=generation)
        return generation
