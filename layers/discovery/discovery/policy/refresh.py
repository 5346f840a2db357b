"""One refresh of the policy: read Parameter Store, judge what it says, share it as the snapshot in Valkey."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from discovery.errors import PolicyRefused, Refusal
from discovery.observability import logger, metrics
from discovery.policy.parameters import PolicyParameters
from discovery.policy.parser import parse_policy, switched_off
from discovery.policy.policy import Parameter, Policy
from discovery.policy.snapshot import SnapshotStore, life_left


@dataclass(frozen=True)
class Refreshed:
    """What came of a refresh."""

    policy: Policy | None
    """The policy to put in force; None where it was refused, and the last good one stays."""
    refusals: tuple[Refusal, ...]
    shared: bool
    """Whether Valkey took a snapshot: of this policy, or of the last good one again."""


class PolicyRefresh:
    """What a search environment does when its policy has grown old, and the invalidation function after an edit."""

    def __init__(
        self,
        parameters: PolicyParameters,
        store: SnapshotStore,
        default: Policy,
        *,
        max_age_sec: float,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._parameters = parameters
        self._store = store
        self._default = default
        self._max_age_sec = max_age_sec
        self._now = wall_clock

    def run(self, at_hand: Policy | None = None, adopt: Callable[[Policy], None] | None = None) -> Refreshed:
        """Read and judge the policy, have the caller adopt it, and share it.

        A refused policy is reported and the last good one stays, but the switch goes off if that is what it says. The
        last good one is the caller's (`at_hand`), or the stored snapshot for a caller without a policy of its own.

        Adopting comes before sharing, so that a Valkey that hangs does not keep the policy from searches.

        Raises:
            PolicyUnavailable: Parameter Store did not answer.
            CacheUnavailable: Valkey did not take it; the caller may have adopted it.
        """
        began = self._now()
        policy, refusals = self._judge(self._parameters.read(), at_hand, began)
        if policy is not None and adopt is not None:
            adopt(policy)
        # The last good policy is shared again for new environments, which have nothing at hand.
        shared = self._share(policy or at_hand, began)
        if policy is not None and shared:
            logger.info("policy shared", policy_version=policy.version, epoch=policy.epoch)
        return Refreshed(policy, refusals, shared)

    def parameter_changed(self, name: str) -> bool:
        """Refresh the policy where a changed parameter is one of its own; whether it is.

        Raises:
            PolicyUnavailable, CacheUnavailable: as `run`.
        """
        ours = name.startswith(self._parameters.prefix)
        if ours:
            self.run()
        return ours

    def _judge(
        self, parameters: Mapping[str, Parameter], at_hand: Policy | None, began: float
    ) -> tuple[Policy | None, tuple[Refusal, ...]]:
        try:
            return parse_policy(parameters, self._default, began), ()
        except PolicyRefused as refused:
            report_refused(refused)
            last_good = self._store.parameters() if at_hand is None else at_hand.parameters
            return switched_off(parameters, last_good, self._default, began), refused.refusals

    def _share(self, policy: Policy | None, began: float) -> bool:
        if policy is None or policy.read_at is None:  # the built-in one is known to everybody
            return False
        return self._store.store(policy.parameters, policy.read_at, life_left(began, self._max_age_sec, self._now()))


def report_refused(refused: PolicyRefused) -> None:
    """Log and count a refused policy."""
    metrics.count("PolicyRefused")
    for parameter, value, reason in refused.refusals:
        logger.error("policy refused", parameter=parameter, value=value, reason=reason)
