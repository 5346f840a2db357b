"""What parameters amount to: the policy that the service reads from them, or why it refuses. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from discovery.errors import PolicyRefused, Refusal
from discovery.policy.parser import BOOST_WEIGHT, CACHE_GENERATION, ENABLED, EXPERIMENT, VARIANTS_FOLDER, parse_policy
from discovery.policy.policy import Parameter, Policy
from discovery.settings import PersonalizationSettings

DEFAULT = Policy(boost_weight=PersonalizationSettings().boost_weight)
NAMES = (ENABLED, BOOST_WEIGHT, EXPERIMENT, CACHE_GENERATION)


@dataclass(frozen=True)
class Reading:
    """Parameters, and the policy that they are."""

    parameters: Mapping[str, Parameter]
    policy: Policy | None
    """None where it is refused."""
    refusals: tuple[Refusal, ...] = ()

    def accepted(self) -> Policy:
        """The policy.

        Raises:
            PolicyRefused: there is none.
        """
        if self.policy is None:
            raise PolicyRefused(self.refusals)
        return self.policy

    def reason(self, name: str) -> str | None:
        """Why a parameter is refused."""
        return next((refusal.reason for refusal in self.refusals if refusal.parameter == name), None)


def reading(parameters: Mapping[str, Parameter], now: float) -> Reading:
    """Read the parameters as the service does."""
    try:
        return Reading(parameters, parse_policy(parameters, DEFAULT, now))
    except PolicyRefused as refused:
        return Reading(parameters, None, refused.refusals)


def built_in(parameters: Mapping[str, Parameter]) -> dict[str, str]:
    """Values by name of what Parameter Store lacks and the service has a default for."""
    values = {ENABLED: "true", BOOST_WEIGHT: f"{DEFAULT.boost_weight:g}", EXPERIMENT: "{}", CACHE_GENERATION: "0"}
    if not any(map(is_variant, parameters)):
        values |= {f"{VARIANTS_FOLDER}{name}": f"{weight:g}" for name, weight in DEFAULT.variants.items()}
    return {name: value for name, value in values.items() if name not in parameters}


def is_variant(name: str) -> bool:
    """Whether a parameter holds a variant's weight."""
    return name.startswith(VARIANTS_FOLDER)


def parameter_name(name: str) -> str:
    """The parameter that an operator means: a bare name that is no parameter's is a variant's."""
    return name if name in NAMES or is_variant(name) else f"{VARIANTS_FOLDER}{name}"
