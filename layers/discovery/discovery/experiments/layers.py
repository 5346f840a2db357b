"""Layers: experiments that share people out among them, and experiments that do not know of each other.

Within a layer nobody is in two experiments, for their slots do not overlap. Layers draw people independently, so a
person is in one experiment of each at most (Tang, Agarwal, O'Brien and Meyer, "Overlapping Experiment Infrastructure:
More, Better, Faster Experimentation", KDD 2010). Pure.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from discovery.experiments.assignment import assigned_variant
from discovery.experiments.experiment import Experiment

_ROUNDING = 1e-9
"""Slots that overlap by less were meant to touch: 0.1 + 0.2 is a little more than 0.3."""


def participations(experiments: Sequence[Experiment], user: str, now: float) -> Iterator[tuple[Experiment, str]]:
    """The experiments that the user (keyed hash) takes part in at a time (Unix seconds), each with their variant.

    There is one of a layer at most; `experiments` are in order of layer and slot.
    """
    taken = None
    for experiment in experiments:
        if experiment.layer == taken or not experiment.runs(now):
            continue
        variant = assigned_variant(experiment, user)
        if variant is not None:
            taken = experiment.layer
            yield experiment, variant


def conflicts(experiments: Mapping[str, Experiment]) -> Iterator[tuple[str, str, str]]:
    """Pairs of experiments, by parameter, that can't be in one policy, each with the reason; `{}` is the other one."""
    for (one, first), (other, second) in combinations(sorted(experiments.items()), 2):
        if reason := _conflict(first, second):
            yield one, other, reason


def _conflict(first: Experiment, second: Experiment) -> str | None:
    if first.name == second.name:
        return f"{{}} is an experiment of the name {first.name} too"
    if first.layer != second.layer or not _at_once(first, second):
        return None
    if first.own_layer is None or second.own_layer is None:
        return f"can't run beside {{}} in the layer {first.layer}, since one of them does not name the layer"
    if _end(first) <= second.slot + _ROUNDING or _end(second) <= first.slot + _ROUNDING:
        return None
    return f"overlaps the slot of {{}} in the layer {first.layer}: {_slot(first)} and {_slot(second)}"


def _at_once(first: Experiment, second: Experiment) -> bool:
    """Whether there is a time at which both run."""
    began = max(one.start if one.start is not None else -math.inf for one in (first, second))
    ended = min(one.end if one.end is not None else math.inf for one in (first, second))
    return first.status == second.status == "running" and began < ended


def _end(experiment: Experiment) -> float:
    return experiment.slot + experiment.traffic_allocation


def _slot(experiment: Experiment) -> str:
    return f"{experiment.name} has [{experiment.slot:.6g}, {_end(experiment):.6g})"
