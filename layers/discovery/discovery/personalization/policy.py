"""The policy: what the parameters under `/discovery/{stage}/personalization/` say, taken together.

Pure: from names and values to a frozen `Policy`, or to a `PolicyRefused` that says which value and why.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from discovery.errors import PolicyRefused
from discovery.models import VARIANT_PATTERN
from discovery.personalization.experiment import Experiment

AssignedBy = Literal["experiment", "request", "default"]

DEFAULT_VARIANTS: Mapping[str, float] = MappingProxyType(
    {"control": 0.0, "low_boost": 0.15, "medium_boost": 0.25, "high_boost": 0.40, "aggressive_boost": 0.60}
)
DEFAULT_VERSION = "default"
VARIANTS_FOLDER = "variants/"
CACHE_GENERATION = "cache_generation"
_VERSION_LENGTH = 6
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
"""Narrower than float(), which also takes "nan", "0.2_5" and digits of other scripts."""
_SHARES_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Assignment:
    """The variant a search runs under."""

    variant: str | None
    """None where the default weight applies."""
    weight: float
    assigned_by: AssignedBy


@dataclass(frozen=True)
class Policy:
    """Weights, experiment, switch and cache generation in force."""

    boost_weight: float
    """For whoever no variant is assigned to."""
    variants: Mapping[str, float] = DEFAULT_VARIANTS
    enabled: bool = True
    experiment: Experiment | None = None
    cache_generation: int = 0
    version: str = DEFAULT_VERSION
    """A short hash of the content; `default` for the built-in one."""
    read_at: float | None = field(default=None, compare=False)
    """When its reading from Parameter Store began, in Unix seconds; None for the built-in one."""

    def assign(self, user: str, requested: str | None) -> Assignment:
        """The assignment of a user (keyed hash): by request where that variant exists, else by experiment."""
        if requested is not None and requested in self.variants:
            return Assignment(requested, self.variants[requested], "request")
        if self.experiment is not None and (variant := self.experiment.assign(user)) is not None:
            return Assignment(variant, self.variants[variant], "experiment")
        return Assignment(None, self.boost_weight, "default")


def parse_policy(parameters: Mapping[str, str], default: Policy, read_at: float) -> Policy:
    """Read the policy from parameters, their names relative to the prefix; what is missing is as in `default`.

    Raises:
        PolicyRefused: a value that is not acceptable. Unknown names are ignored: they may be of a newer version.
    """
    values = {name: value.strip() for name, value in parameters.items()}
    variants = {
        _variant_name(name, value): _weight(name, value)
        for name, value in values.items()
        if name.startswith(VARIANTS_FOLDER)
    } or dict(default.variants)
    policy = Policy(
        boost_weight=_weight("boost_weight", values["boost_weight"])
        if "boost_weight" in values
        else default.boost_weight,
        variants=MappingProxyType(variants),
        enabled=_switch(values["enabled"]) if "enabled" in values else default.enabled,
        experiment=_experiment(values["experiment"], variants) if "experiment" in values else None,
        cache_generation=_generation(values[CACHE_GENERATION]) if CACHE_GENERATION in values else 0,
        read_at=read_at,
    )
    return replace(policy, version=_version(values) if values else DEFAULT_VERSION)


def _version(values: Mapping[str, str]) -> str:
    canonical = json.dumps(sorted(values.items()), separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:_VERSION_LENGTH]


def _weight(name: str, value: str) -> float:
    if not _NUMBER.fullmatch(value):
        raise PolicyRefused(name, value, "not a number")
    weight = float(value)
    if not 0 <= weight <= 1:
        raise PolicyRefused(name, value, "not in [0, 1]")
    return weight


def _variant_name(name: str, value: str) -> str:
    variant = name.removeprefix(VARIANTS_FOLDER)
    if not re.fullmatch(VARIANT_PATTERN, variant):
        raise PolicyRefused(name, value, f"a variant's name must match {VARIANT_PATTERN}")
    return variant


def _switch(value: str) -> bool:
    match value.lower():
        case "true":
            return True
        case "false":
            return False
    raise PolicyRefused("enabled", value, "neither true nor false")


def _generation(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,15}", value):
        raise PolicyRefused(CACHE_GENERATION, value, "not a whole number of 0 or more")
    return int(value)


def _experiment(value: str, variants: Mapping[str, float]) -> Experiment | None:
    """Read the experiment; `{}` says that none runs."""

    def refuse(reason: str) -> PolicyRefused:
        return PolicyRefused("experiment", value, reason)

    try:
        document = json.loads(value)
    except ValueError as error:
        raise refuse(f"not JSON: {error}") from None
    if document == {}:
        return None
    match document:
        case {"name": str(name), "traffic_allocation": allocation, "variants": dict(shares)} if name:
            pass
        case _:
            raise refuse("needs a name, a traffic_allocation and variants, or to be {} for no experiment")
    if not _is_share(allocation):
        raise refuse("traffic_allocation is not a number in [0, 1]")
    if unknown := sorted(set(shares) - set(variants)):
        raise refuse(f"unknown variants: {', '.join(unknown)}")
    if not all(map(_is_share, shares.values())):
        raise refuse("a share is not a number in [0, 1]")
    if abs(sum(shares.values()) - 1) > _SHARES_TOLERANCE:
        raise refuse(f"the shares sum to {sum(shares.values()):g}, not to 1")
    return Experiment(name, float(allocation), MappingProxyType(shares), str(document.get("salt", "")))


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1  # NaN compares false
