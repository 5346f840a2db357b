"""The policy: weights, experiment, switch and cache generation in force, and the variant that they give a search."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple

from discovery.experiments.assignment import assigned_variant
from discovery.experiments.experiment import Experiment

AssignedBy = Literal["experiment", "request", "default"]

DEFAULT_VARIANTS: Mapping[str, float] = MappingProxyType(
    {"control": 0.0, "low_boost": 0.15, "medium_boost": 0.25, "high_boost": 0.40, "aggressive_boost": 0.60}
)
DEFAULT_VERSION = "default"


class Parameter(NamedTuple):
    """A value in Parameter Store; version and time tell that it was set again, even if to the same value."""

    value: str
    version: int = 0
    """Parameter Store's own, from 1; it starts again at 1 where a parameter was deleted and created."""
    modified_at: float = 0.0
    """Unix seconds."""


@dataclass(frozen=True)
class Assignment:
    """The variant a search runs under."""

    variant: str | None
    """None where the default weight applies."""
    weight: float
    assigned_by: AssignedBy
    experiment: str | None = None
    """The experiment's name, where it assigned."""


UNASSIGNED = Assignment(None, 0.0, "default")
"""What nobody's search runs under: nothing is blended."""


@dataclass(frozen=True)
class Policy:
    """What the parameters under `/discovery/{stage}/personalization/` say, taken together."""

    boost_weight: float
    """The weight of searches without a variant."""
    variants: Mapping[str, float] = DEFAULT_VARIANTS
    enabled: bool = True
    experiment: Experiment | None = None
    epoch: str | None = None
    """The experiment's period: every change of it or of a weight in it starts another; later ones sort last."""
    cache_generation: int = 0
    version: str = DEFAULT_VERSION
    """A short hash of the content; `default` for the built-in one."""
    parameters: Mapping[str, Parameter] = field(default_factory=dict, compare=False, repr=False)
    """What it was read from, names relative to the prefix."""
    read_at: float | None = field(default=None, compare=False)
    """When its reading from Parameter Store began, in Unix seconds; None for the built-in one."""

    def assign(self, user: str, requested: str | None, now: float) -> Assignment:
        """The assignment of a user (keyed hash) at a time: by request where the variant exists, else by experiment."""
        if requested is not None and requested in self.variants:
            return Assignment(requested, self.variants[requested], "request")
        experiment = self.experiment
        if (
            experiment is not None
            and experiment.runs(now)
            and (variant := assigned_variant(experiment, user)) is not None
        ):
            return Assignment(variant, self.variants[variant], "experiment", experiment.name)
        return Assignment(None, self.boost_weight, "default")
