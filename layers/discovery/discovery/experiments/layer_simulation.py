"""Assigning made-up people to all experiments at once, to check slots, and independence across layers."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import batched, combinations
from typing import NamedTuple

from discovery.experiments.assignment import assigned_variant, held_out
from discovery.experiments.experiment import Experiment
from discovery.privacy.hashing import user_hash
from discovery.statistics.chi_square import ChiSquare, goodness_of_fit, independence

_OUTSIDE, _EVERY_VARIANT = "(not in it)", "(all)"
_KEY = b"discovery experiment simulate"
_BATCH = 1000

Progress = Callable[[int], None]
"""Told how many more people are assigned."""


class Size(NamedTuple):
    """An experiment's people."""

    experiment: str
    layer: str
    slot: tuple[float, float]
    people: int
    share: float
    """Of all people, those held out included."""
    meant: float
    fit: ChiSquare
    """Of the variants' counts to the shares that are meant."""


class Pair(NamedTuple):
    """Two experiments and the people in both."""

    one: str
    other: str
    same_layer: bool
    together: int
    """People in both; of one layer there should be none."""
    meant: float
    """How many that should be."""
    chi_square: ChiSquare
    """Independence of what people get in one, if anything, from what they get in the other."""
    cramers_v: float
    """The same as an effect size, in [0, 1]; in one layer it is not 0, since there being in one excludes the other."""


@dataclass(frozen=True)
class LayerSimulation:
    """What a simulation of all experiments counted."""

    users: int
    held_out: int
    sizes: tuple[Size, ...]
    pairs: tuple[Pair, ...]


def simulate_layers(
    experiments: Sequence[Experiment], holdout: float, users: int, progress: Progress = lambda _: None
) -> LayerSimulation:
    """Assign that many people, the same ones each time, to each experiment as if all were running, and count."""
    seen: Counter[tuple[str, ...]] = Counter()
    out = 0
    for numbers in batched(range(users), _BATCH, strict=False):
        for number in numbers:
            user = user_hash(f"user-{number}", _KEY)
            if held_out(user, holdout):
                out += 1
            else:
                seen[tuple(_given(one, user) for one in experiments)] += 1
        progress(len(numbers))
    places = range(len(experiments))
    return LayerSimulation(
        users=users,
        held_out=out,
        sizes=tuple(_size(experiments[place], _counted(seen, place), holdout, users) for place in places),
        pairs=tuple(
            _pair(experiments[one], experiments[other], _pairs(seen, one, other), (1 - holdout) * users)
            for one, other in combinations(places, 2)
        ),
    )


def _given(experiment: Experiment, user: str) -> str:
    variant = assigned_variant(experiment, user)
    if variant is None:
        return _OUTSIDE
    return variant if experiment.mode == "ab" else _EVERY_VARIANT


def _counted(seen: Counter[tuple[str, ...]], place: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    for variants, people in seen.items():
        counts[variants[place]] += people
    return counts


def _pairs(seen: Counter[tuple[str, ...]], one: int, other: int) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for variants, people in seen.items():
        counts[variants[one], variants[other]] += people
    return counts


def _size(experiment: Experiment, counts: Counter[str], holdout: float, users: int) -> Size:
    counts.pop(_OUTSIDE, None)
    end = experiment.slot + experiment.traffic_allocation
    meant = experiment.traffic_allocation * (1 - holdout)
    return Size(
        *(experiment.name, experiment.layer, (experiment.slot, end), counts.total(), counts.total() / users, meant),
        fit=goodness_of_fit(counts, experiment.variants if experiment.mode == "ab" else {_EVERY_VARIANT: 1.0}),
    )


def _pair(one: Experiment, other: Experiment, counts: Counter[tuple[str, str]], people: float) -> Pair:
    same_layer = one.layer == other.layer
    together = sum(n for pair, n in counts.items() if _OUTSIDE not in pair)
    meant = 0.0 if same_layer else people * one.traffic_allocation * other.traffic_allocation
    return Pair(one.name, other.name, same_layer, together, meant, *independence(counts))
