"""Reading a policy: from names and values to a frozen `Policy`, or to all the reasons why it can't be one. Pure."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType

from discovery.errors import PolicyRefused, Refusal
from discovery.experiments.experiment import Experiment
from discovery.experiments.parser import parse_experiment
from discovery.names import VARIANT_PATTERN
from discovery.policy.policy import DEFAULT_VERSION, Parameter, Policy
from discovery.policy.weight import parse_weight

ENABLED, BOOST_WEIGHT, EXPERIMENT, CACHE_GENERATION = "enabled", "boost_weight", "experiment", "cache_generation"
VARIANTS_FOLDER = "variants/"
_HASH_LENGTH = 6


def parse_policy(parameters: Mapping[str, Parameter], default: Policy, read_at: float) -> Policy:
    """Read the policy from parameters, their names relative to the prefix; what is missing is as in `default`.

    Raises:
        PolicyRefused: values that are not acceptable. Unknown names are ignored: they may be of a newer version.
    """
    reading = _Reading({name: parameter.value.strip() for name, parameter in parameters.items()})
    variants = reading.variants() or dict(default.variants)
    policy = Policy(
        boost_weight=reading.one(BOOST_WEIGHT, parse_weight, default.boost_weight),
        variants=MappingProxyType(variants),
        enabled=reading.one(ENABLED, _switch, default.enabled),
        experiment=reading.one(EXPERIMENT, lambda text: parse_experiment(text, variants), None),
        cache_generation=reading.one(CACHE_GENERATION, _generation, 0),
        parameters=MappingProxyType(dict(parameters)),
        read_at=read_at,
    )
    if reading.refusals:
        raise PolicyRefused(reading.refusals)
    epoch = _epoch(policy.experiment, policy) if policy.experiment else None
    return replace(policy, epoch=epoch, version=_hash(reading.values) if reading.values else DEFAULT_VERSION)


def switched_off(
    refused: Mapping[str, Parameter], good: Mapping[str, Parameter], default: Policy, read_at: float
) -> Policy | None:
    """The last good policy (`good`) with the switch off, if the refused parameters say off; else None.

    The switch has to work whatever else an operator got wrong.
    """
    switch = refused.get(ENABLED)
    if switch is None or switch.value.strip().lower() != "false":
        return None
    return parse_policy({**good, ENABLED: switch}, default, read_at)


class _Reading:
    """Parses parameters' values one by one, and collects why some are refused."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.refusals: list[Refusal] = []

    def one[T](self, name: str, parse: Callable[[str], T], default: T) -> T:
        """A parameter's parsed value; the default where it is missing, or refused."""
        if name not in self.values:
            return default
        try:
            return parse(self.values[name])
        except ValueError as error:
            self.refusals.append(Refusal(name, self.values[name], str(error)))
            return default

    def variants(self) -> dict[str, float]:
        """Weights by variant; a refused one counts as 0, so that an experiment that names it is not refused as well."""
        names = [name for name in self.values if name.startswith(VARIANTS_FOLDER)]
        return {name.removeprefix(VARIANTS_FOLDER): self.one(name, partial(_variant, name), 0.0) for name in names}


def _variant(name: str, text: str) -> float:
    if not re.fullmatch(VARIANT_PATTERN, name.removeprefix(VARIANTS_FOLDER)):
        raise ValueError(f"a variant's name must match {VARIANT_PATTERN}")
    return parse_weight(text)


def _switch(text: str) -> bool:
    match text.lower():
        case "true":
            return True
        case "false":
            return False
    raise ValueError("neither true nor false")


def _generation(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,15}", text):
        raise ValueError("not a whole number of 0 or more")
    return int(text)


def _epoch(experiment: Experiment, policy: Policy) -> str:
    """When the experiment or a weight in it was last set, and a hash of them, since two edits may share a second."""
    names = [EXPERIMENT, *(f"{VARIANTS_FOLDER}{variant}" for variant in sorted(experiment.variants))]
    set_here = {name: policy.parameters[name] for name in names if name in policy.parameters}
    modified = datetime.fromtimestamp(max(parameter.modified_at for parameter in set_here.values()), UTC)
    weights = {variant: policy.variants[variant] for variant in experiment.variants}
    content = {name: (parameter.value.strip(), parameter.version) for name, parameter in set_here.items()}
    return f"{modified:%Y%m%dT%H%M%SZ}-{_hash({'parameters': content, 'weights': weights})}"


def _hash(content: Mapping[str, object]) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:_HASH_LENGTH]
