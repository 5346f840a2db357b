"""What the service makes of parameters: the policy that it reads from them, or why it refuses them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from discovery.errors import PolicyRefused, Refusal
from discovery.experiments.document import NO_EXPERIMENT
from discovery.policy.parameter_names import is_known, is_variant
from discovery.policy.parser import (
    BOOST_WEIGHT,
    CACHE_GENERATION,
    ENABLED,
    EXPERIMENT,
    HOLDOUT,
    VARIANTS_FOLDER,
    parse_policy,
)
from discovery.policy.policy import Parameter, Policy
from discovery.settings.personalization import PersonalizationSettings

DEFAULT = Policy(boost_weight=PersonalizationSettings().boost_weight)


@dataclass(frozen=True)
class ListedParameter:
    """A parameter, stored or built in, and whether the service accepts it."""

    name: str
    value: str
    version: int | None
    """Parameter Store's; None where the value is built in."""
    modified_at: float | None
    """Unix seconds."""
    modified_by: str | None
    """ARN; None where the value is built in or nobody can say."""
    source: Literal["parameter store", "built-in", "ignored"]
    accepted: bool
    reason: str | None
    """Why it is refused."""


@dataclass(frozen=True)
class Verdict:
    """Parameters, and the policy that the service reads from them."""

    parameters: Mapping[str, Parameter]
    policy: Policy | None
    """None where it is refused."""
    refusals: tuple[Refusal, ...] = ()

    def accepted(self) -> Policy:
        """The policy.

        Raises:
            PolicyRefused: the service refuses it.
        """
        if self.policy is None:
            raise PolicyRefused(self.refusals)
        return self.policy

    def listed(self, authors: Mapping[str, str]) -> list[ListedParameter]:
        """Every parameter, variants last; `authors` are ARNs by name, as far as they are known."""
        missing = built_in(self.parameters)
        names = sorted({*self.parameters, *missing}, key=lambda name: (is_variant(name), name))
        return [
            ListedParameter(name, missing[name], None, None, None, "built-in", accepted=True, reason=None)
            if name in missing
            else self._stored(name, authors.get(name))
            for name in names
        ]

    def _stored(self, name: str, author: str | None) -> ListedParameter:
        value, version, modified_at = self.parameters[name]
        reason = next((refusal.reason for refusal in self.refusals if refusal.parameter == name), None)
        source: Literal["parameter store", "ignored"] = "parameter store" if is_known(name) else "ignored"
        return ListedParameter(
            name, value, version, modified_at, author or None, source, accepted=reason is None, reason=reason
        )


def judge(parameters: Mapping[str, Parameter], now: float) -> Verdict:
    """Read the parameters as the service does; `now` is in Unix seconds."""
    try:
        return Verdict(parameters, parse_policy(parameters, DEFAULT, now))
    except PolicyRefused as refused:
        return Verdict(parameters, None, refused.refusals)


def built_in(parameters: Mapping[str, Parameter]) -> dict[str, str]:
    """The service's own values, by name, of the parameters that Parameter Store lacks."""
    values = {
        ENABLED: "true",
        BOOST_WEIGHT: f"{DEFAULT.boost_weight:g}",
        EXPERIMENT: NO_EXPERIMENT,
        HOLDOUT: "0",
        CACHE_GENERATION: "0",
    }
    if not any(map(is_variant, parameters)):
        values |= {f"{VARIANTS_FOLDER}{name}": f"{weight:g}" for name, weight in DEFAULT.variants.items()}
    return {name: value for name, value in values.items() if name not in parameters}
