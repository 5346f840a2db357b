"""Reading a policy: from names and values to a frozen `Policy`, or to all the reasons why it can't be one. Pure."""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType

from discovery.errors import PolicyRefused, Refusal
from discovery.experiments.experiment import WEIGHT_LAYER, Experiment
from discovery.experiments.layers import conflicts
from discovery.experiments.parser import check_known, parse_experiment
from discovery.names import EXPERIMENT_PATTERN, VARIANT_PATTERN
from discovery.policy.policy import CONTROL, DEFAULT_VERSION, Parameter, Policy
from discovery.policy.weight import parse_weight

ENABLED, BOOST_WEIGHT, EXPERIMENT, CACHE_GENERATION = "enabled", "boost_weight", "experiment", "cache_generation"
HOLDOUT = "holdout"
VARIANTS_FOLDER, EXPERIMENTS_FOLDER = "variants/", "experiments/"
_HASH_LENGTH = 6


def parse_policy(parameters: Mapping[str, Parameter], default: Policy, read_at: float) -> Policy:
    """Read the policy from parameters, their names relative to the prefix; what is missing is as in `default`.

    An experiment that is not running is checked and then left out, so that a policy is as small, and its version the
    same, as if there were none.

    Raises:
        PolicyRefused: values that are not acceptable. Unknown names are ignored: they may be of a newer version.
    """
    reading = _Reading(parameters)
    variants = reading.variants() or dict(default.variants)
    experiments = reading.experiments(variants)
    at_rest = {name for name, experiment in experiments.items() if experiment.status != "running"} - {EXPERIMENT}
    in_force = {name: parameter for name, parameter in parameters.items() if name not in at_rest}
    policy = Policy(
        boost_weight=reading.one(BOOST_WEIGHT, parse_weight, default.boost_weight),
        variants=MappingProxyType(variants),
        enabled=reading.one(ENABLED, _switch, default.enabled),
        experiment=experiments.get(EXPERIMENT),
        experiments=tuple(experiments[name] for name in sorted(experiments.keys() - at_rest - {EXPERIMENT})),
        holdout=reading.one(HOLDOUT, lambda text: _holdout(text, variants), default.holdout),
        cache_generation=reading.one(CACHE_GENERATION, _generation, 0),
        parameters=MappingProxyType(in_force),
        read_at=read_at,
    )
    if reading.refusals:
        raise PolicyRefused(reading.refusals)
    epochs = {one.name: _epoch(name, one, policy) for name, one in experiments.items() if name not in at_rest}
    values = {name: reading.values[name] for name in in_force}
    return replace(policy, epochs=MappingProxyType(epochs), version=_hash(values) if values else DEFAULT_VERSION)


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

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        self.values = {name: parameter.value.strip() for name, parameter in parameters.items()}
        self._parameters = parameters
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

    def experiments(self, variants: Collection[str]) -> dict[str, Experiment]:
        """Experiments by parameter, of any status; of two that can't be at once, the one set last is refused."""
        found = {
            name: experiment
            for name in self.values
            if (name == EXPERIMENT or name.startswith(EXPERIMENTS_FOLDER))
            and (experiment := self.one(name, partial(_experiment, name, variants), None)) is not None
        }
        for one, other, reason in conflicts(found):
            earlier, later = sorted((one, other), key=lambda name: (self._parameters[name].modified_at, name))
            self.refusals.append(Refusal(later, self.values[later], reason.format(earlier)))
        return found


def _experiment(parameter: str, variants: Collection[str], text: str) -> Experiment | None:
    if parameter == EXPERIMENT:
        experiment = parse_experiment(text, variants)
        if experiment is not None and experiment.layer != WEIGHT_LAYER:
            raise ValueError(f"only a parameter {EXPERIMENTS_FOLDER}… can be in another layer than {WEIGHT_LAYER}")
        return experiment
    name = parameter.removeprefix(EXPERIMENTS_FOLDER)
    if not re.fullmatch(EXPERIMENT_PATTERN, name):
        raise ValueError(f"an experiment's name must match {EXPERIMENT_PATTERN}")
    experiment = parse_experiment(text)
    if experiment is None:
        raise ValueError("lacks an experiment; to be rid of it, complete it or delete the parameter")
    if experiment.name != name:
        raise ValueError(f"name is {experiment.name}, unlike the parameter's")
    if experiment.status == "running" and experiment.layer == WEIGHT_LAYER:
        check_known(experiment.variants, variants)
    return experiment


def _holdout(text: str, variants: Collection[str]) -> float:
    share = parse_weight(text)
    if share > 0 and CONTROL not in variants:
        raise ValueError(f"who is held out gets the variant {CONTROL}, which does not exist")
    return share


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


def _epoch(parameter: str, experiment: Experiment, policy: Policy) -> str:
    """When the experiment or a weight in it was last set, and a hash of them, since two edits may share a second."""
    weighing = sorted(experiment.variants) if experiment.layer == WEIGHT_LAYER else []
    names = [parameter, *(f"{VARIANTS_FOLDER}{variant}" for variant in weighing)]
    set_here = {name: policy.parameters[name] for name in names if name in policy.parameters}
    modified = datetime.fromtimestamp(max(parameter.modified_at for parameter in set_here.values()), UTC)
    weights = {variant: policy.variants[variant] for variant in weighing}
    content = {name: (parameter.value.strip(), parameter.version) for name, parameter in set_here.items()}
    return f"{modified:%Y%m%dT%H%M%SZ}-{_hash({'parameters': content, 'weights': weights})}"


def _hash(content: Mapping[str, object]) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:_HASH_LENGTH]
