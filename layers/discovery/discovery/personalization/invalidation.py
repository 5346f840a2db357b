"""Invalidation: of one user's scores, and of everybody's."""

import redis

from discovery.observability import logger, metrics
from discovery.personalization.score_cache import VERSION_TTL_SECONDS, new_version, scores_key, version_key
from discovery.policy.parameters import PolicyParameters
from discovery.privacy.hashing import user_hash
from discovery.privacy.user_key import UserKey
from discovery.valkey.client import asking_valkey
from discovery.valkey.connections import PlainCluster

_GENERATIONS = 10
"""The newest ones: a hash of scores lives for five minutes, in which nobody forgets everybody's more often."""


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
        self.invalidate_hash(user_hash(user_id, self._user_key.required()))

    def invalidate_hash(self, user: str) -> None:
        """Do the same for a user who is named as in keys, by `user_hash`.

        Raises:
            CacheUnavailable: Valkey did not take it.
        """
        self._mark(user)
        metrics.count("UserInvalidated")
        logger.info("user invalidated", user=user)

    def erase_user(self, user_id: str) -> None:
        """Do as `erase_hash`.

        Raises:
            UserKeyUnavailable, CacheUnavailable, PolicyUnavailable: it is not done.
        """
        self.erase_hash(user_hash(user_id, self._user_key.required()))

    def erase_hash(self, user: str) -> None:
        """Delete the scores of a person who is to be forgotten; those being fetched right now are not stored.

        What is left is the mark that every invalidation leaves, a random version that ends after a day. The log does
        not say who it was.

        Raises:
            CacheUnavailable: Valkey did not do it.
            PolicyUnavailable: the generation is unknown; but the scores are misses already.
        """
        self._mark(user)  # first: a fetch that ends after the deletion would store what it brought
        newest = self._parameters.cache_generation()
        keys = [scores_key(user, newest - back) for back in range(min(_GENERATIONS, newest + 1))]
        with asking_valkey():
            self._client.delete(*keys)
        metrics.count("UserInvalidated")
        logger.info("scores of an erased user deleted")

    def _mark(self, user: str) -> None:
        with asking_valkey():
            self._client.set(version_key(user), new_version("i"), ex=VERSION_TTL_SECONDS)

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
