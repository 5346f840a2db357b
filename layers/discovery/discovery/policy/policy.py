"""The policy: weights, experiments, switch and cache generation in force, and the variant that they give a search."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Literal, NamedTuple

from discovery.experiments.assignment import held_out
from discovery.experiments.experiment import WEIGHT_LAYER, Experiment
from discovery.experiments.layers import participations

AssignedBy = Literal["experiment", "request", "holdout", "default"]

DEFAULT_VARIANTS: Mapping[str, float] = MappingProxyType(
    {"control": 0.0, "low_boost": 0.15, "medium_boost": 0.25, "high_boost": 0.40, "aggressive_boost": 0.60}
)
CONTROL = "control"
"""The variant of people who are in no experiment because they are held out."""
DEFAULT_VERSION = "default"


class Parameter(NamedTuple):
    """A value in Parameter Store; version and time tell that it was set again, even if to the same value."""

    value: str
    version: int = 0
    """Parameter Store's own, from 1; it starts again at 1 where a parameter was deleted and created."""
    modified_at: float = 0.0
    """Unix seconds."""


class Participation(NamedTuple):
    """An experiment that a person takes part in."""

    layer: str
    experiment: str
    """Its name."""
    variant: str | None
    """None where all of its variants are multileaved."""
    epoch: str
    """The experiment's period: every change of it, or of a weight in it, starts another; later ones sort last."""


class Multileaved(NamedTuple):
    """The weights that take turns in choosing the results of a search."""

    weights: Mapping[str, float]
    """By variant."""
    key: str
    """What the draft is drawn by, beside the candidates: it differs between people and between experiments."""


@dataclass(frozen=True)
class Assignment:
    """The variant a search runs under."""

    variant: str | None
    """None where the default weight applies, or all variants of an experiment are multileaved."""
    weight: float
    assigned_by: AssignedBy
    experiment: str | None = None
    """The experiment's name, where it assigned."""
    layers: tuple[Participation, ...] = ()
    """Every experiment that the person takes part in; at most one of a layer."""
    multileaved: Multileaved | None = None
    """In place of the weight, which then orders nothing."""

    @property
    def epoch(self) -> str | None:
        """Of the experiment that assigned; None where none did."""
        return next((one.epoch for one in self.layers if one.experiment == self.experiment), None)

    @property
    def is_control(self) -> bool:
        """Whether scores would change nothing."""
        return self.weight == 0 if self.multileaved is None else not any(self.multileaved.weights.values())


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
    """Of the parameter `experiment`, whatever its status."""
    experiments: tuple[Experiment, ...] = ()
    """Of the parameters `experiments/{name}`: those that run, now or at some time."""
    epochs: Mapping[str, str] = MappingProxyType({})
    """Of every experiment, by name."""
    holdout: float = 0.0
    """Share of people who are in no experiment, in [0, 1]."""
    cache_generation: int = 0
    version: str = DEFAULT_VERSION
    """A short hash of the content; `default` for the built-in one."""
    parameters: Mapping[str, Parameter] = field(default_factory=dict, compare=False, repr=False)
    """What it was read from, names relative to the prefix."""
    read_at: float | None = field(default=None, compare=False)
    """When its reading from Parameter Store began, in Unix seconds; None for the built-in one."""

    @cached_property
    def all_experiments(self) -> tuple[Experiment, ...]:
        """Those of both kinds of parameters, in order of layer and slot."""
        every = self.experiments if self.experiment is None else (self.experiment, *self.experiments)
        return tuple(sorted(every, key=lambda one: (one.layer, one.slot, one.name)))

    @cached_property
    def epoch(self) -> str | None:
        """The latest of the experiments on the weight; None without one."""
        on_weight = (one.name for one in self.all_experiments if one.layer == WEIGHT_LAYER)
        return max((self.epochs[name] for name in on_weight if name in self.epochs), default=None)

    def assign(self, user: str, requested: str | None, now: float) -> Assignment:
        """The assignment of a user (keyed hash) at a time: by request where the variant exists, else by experiment."""
        is_held_out = held_out(user, self.holdout)
        experiments = () if is_held_out else self.all_experiments
        drawn = list(participations(experiments, user, now)) if experiments else []
        if requested is not None and requested in self.variants:
            elsewhere = self._layers(one for one in drawn if one[0].layer != WEIGHT_LAYER)
            return Assignment(requested, self.variants[requested], "request", layers=elsewhere)
        if is_held_out:
            return Assignment(CONTROL, self.variants[CONTROL], "holdout")
        layers = self._layers(drawn) if drawn else ()
        for experiment, variant in drawn:
            if experiment.layer == WEIGHT_LAYER:
                return self._by_experiment(experiment, variant, user, layers)
        return Assignment(None, self.boost_weight, "default", layers=layers)

    def _by_experiment(
        self, experiment: Experiment, variant: str, user: str, layers: tuple[Participation, ...]
    ) -> Assignment:
        if experiment.mode == "ab":
            return Assignment(variant, self.variants[variant], "experiment", experiment.name, layers)
        weights = {name: self.variants[name] for name in sorted(experiment.variants)}
        multileaved = Multileaved(weights, f"{experiment.variant_salt}:draft:{user}")
        return Assignment(None, self.boost_weight, "experiment", experiment.name, layers, multileaved)

    def _layers(self, drawn: Iterable[tuple[Experiment, str]]) -> tuple[Participation, ...]:
        return tuple(
            Participation(one.layer, one.name, variant if one.mode == "ab" else None, self.epochs.get(one.name, ""))
            for one, variant in drawn
        )
