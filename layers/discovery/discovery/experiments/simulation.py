"""Assigning made-up people with the service's own code, to check an experiment's shares before anybody is in it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import batched
from typing import NamedTuple

from discovery.experiments.assignment import assigned_variant
from discovery.experiments.experiment import Experiment
from discovery.privacy.hashing import user_hash
from discovery.statistics.chi_square import ChiSquare, goodness_of_fit, independence

AT_FIRST, LATER = 0.05, 0.5
"""Traffic allocations before and after one is raised."""
_OUTSIDE = "(not in it)"
_KEY = b"discovery experiment simulate"
_BATCH = 1000

Progress = Callable[[int], None]
"""Told how many more people are assigned."""


class Share(NamedTuple):
    """A variant's share of the people who take part."""

    variant: str
    people: int
    share: float
    meant: float
    deviation_pp: float
    """Percentage points."""


@dataclass(frozen=True)
class Simulation:
    """What a simulation counted."""

    experiment: Experiment
    users: int
    taking_part: int
    variants: tuple[Share, ...]
    fit: ChiSquare
    """Of the variants' counts to the shares that are meant."""
    first: int
    """People who take part at the first allocation."""
    moved: int
    """Those of them who have another variant at the later one."""
    other_salt: ChiSquare
    """Independence from the same experiment under another salt."""
    cramers_v: float
    """The same as an effect size, in [0, 1]."""


def simulate(experiment: Experiment, users: int, progress: Progress = lambda _: None) -> Simulation:
    """Assign that many people, the same ones each time, and count."""
    salted = replace(experiment, salt=f"{experiment.salt or experiment.name}, another")
    few, many = (replace(experiment, traffic_allocation=share) for share in (AT_FIRST, LATER))
    pairs: Counter[tuple[str, str]] = Counter()
    first = moved = 0
    for numbers in batched(range(users), _BATCH, strict=False):
        for number in numbers:
            user = user_hash(f"user-{number}", _KEY)
            pairs[assigned_variant(experiment, user) or _OUTSIDE, assigned_variant(salted, user) or _OUTSIDE] += 1
            if (variant := assigned_variant(few, user)) is not None:
                first += 1
                moved += assigned_variant(many, user) != variant
        progress(len(numbers))
    counts: Counter[str] = Counter()
    for (variant, _), people in pairs.items():
        counts[variant] += people
    outside = counts.pop(_OUTSIDE, 0)
    other_salt, cramers_v = independence(pairs)
    return Simulation(
        experiment=experiment,
        users=users,
        taking_part=users - outside,
        variants=tuple(_share(name, meant, counts) for name, meant in sorted(experiment.variants.items())),
        fit=goodness_of_fit(counts, experiment.variants),
        first=first,
        moved=moved,
        other_salt=other_salt,
        cramers_v=cramers_v,
    )


def _share(name: str, meant: float, counts: Counter[str]) -> Share:
    share = counts[name] / counts.total() if counts else 0.0
    return Share(name, counts[name], share, meant, (share - meant) * 100)
