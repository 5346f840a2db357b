"""Assigning made-up people with the service's own code."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from discovery.experiments.experiment import Experiment
from discovery.privacy.hashing import user_hash
from discovery.statistics.chi_square import ChiSquare, goodness_of_fit, independence
from discovery_cli.output import Output

AT_FIRST, LATER = 0.05, 0.5
"""Allocations before and after it is raised."""
_OUTSIDE = "(not in it)"
_KEY = b"discovery experiment simulate"


class Share(NamedTuple):
    """A variant's share of those who take part."""

    variant: str
    people: int
    share: float
    meant: float
    deviation_pp: float
    """Percentage points."""


@dataclass(frozen=True)
class Simulated:
    """What a simulation found."""

    experiment: Experiment
    users: int
    taking_part: int
    variants: tuple[Share, ...]
    fit: ChiSquare
    first: int
    """How many take part at the first allocation."""
    moved: int
    """How many of those get something else at the later one."""
    other_salt: ChiSquare
    """Independence of the same experiment under another salt."""
    cramers_v: float

    def document(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "experiment": self.experiment.name,
            "users": self.users,
            "taking_part": self.taking_part,
            "variants": [share._asdict() for share in self.variants],
            "chi_square": self.fit._asdict(),
            "raised_allocation": {"from": AT_FIRST, "to": LATER, "first": self.first, "moved": self.moved},
            "other_salt": {"cramers_v": self.cramers_v, "chi_square": self.other_salt._asdict()},
        }


def simulate(experiment: Experiment, users: int, output: Output) -> Simulated:
    """Assign that many users, always the same ones, and count."""
    salted = replace(experiment, salt=f"{experiment.salt or experiment.name}, another")
    few, many = (replace(experiment, traffic_allocation=share) for share in (AT_FIRST, LATER))
    pairs: Counter[tuple[str, str]] = Counter()
    first = moved = 0
    for number in output.progress(range(users), "assigning", users):
        user = user_hash(f"user-{number}", _KEY)
        pairs[experiment.assign(user) or _OUTSIDE, salted.assign(user) or _OUTSIDE] += 1
        if (variant := few.assign(user)) is not None:
            first += 1
            moved += many.assign(user) != variant
    counts: Counter[str] = Counter()
    for (variant, _), people in pairs.items():
        counts[variant] += people
    outside = counts.pop(_OUTSIDE, 0)
    link, cramers_v = independence(pairs)
    return Simulated(
        experiment,
        users,
        users - outside,
        tuple(_share(name, meant, counts) for name, meant in sorted(experiment.variants.items())),
        goodness_of_fit(counts, experiment.variants),
        first,
        moved,
        link,
        cramers_v,
    )


def _share(name: str, meant: float, counts: Counter[str]) -> Share:
    share = counts[name] / counts.total() if counts else 0.0
    return Share(name, counts[name], share, meant, (share - meant) * 100)
