"""The invalidation function: its service, and its parts."""

from dataclasses import dataclass

from discovery.api.auth import Authenticator
from discovery.composition.parts import PATIENCE, default_policy, user_key_of
from discovery.personalization.invalidation import Invalidator
from discovery.policy.parameters import PolicyParameters, ssm_client
from discovery.policy.refresh import PolicyRefresh
from discovery.policy.snapshot import SnapshotStore
from discovery.settings.settings import Settings
from discovery.valkey.connections import plain_valkey


@dataclass(frozen=True)
class InvalidationService:
    """What the invalidation function holds."""

    invalidator: Invalidator
    policy_refresh: PolicyRefresh
    authenticator: Authenticator

    def invalidate_all(self) -> int:
        """Make everybody's scores a miss, and share the policy that says so; returns the new cache generation.

        Raises:
            PolicyUnavailable: Parameter Store did not take it.
            CacheUnavailable: it did, but Valkey did not take the snapshot; searches see it within a minute.
        """
        generation = self.invalidator.invalidate_all()
        self.policy_refresh.run()
        return generation


def invalidation_service(settings: Settings) -> InvalidationService:
    """The invalidation function's parts; connects to nothing."""
    client = plain_valkey(settings.cache, patience=PATIENCE)
    parameters = PolicyParameters(ssm_client, settings.policy_prefix)
    refresh = PolicyRefresh(
        parameters, SnapshotStore(client), default_policy(settings), max_age_sec=settings.policy.max_age_sec
    )
    invalidator = Invalidator(client, parameters, user_key=user_key_of(settings.privacy))
    return InvalidationService(invalidator, refresh, Authenticator(settings.auth))
