"""What CPython's `-X importtime` prints, summed up by package."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

_LINE = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|(\s+)(\S+)")


@dataclass(frozen=True)
class Package:
    """The imports of one top-level package; milliseconds."""

    name: str
    own: float
    """Spent in its own modules."""
    cumulative: float
    """With all that they import in turn and was not imported before."""


def packages(printed: str) -> list[Package]:
    """The packages of one run."""
    own: Counter[str] = Counter()
    cumulative: Counter[str] = Counter()
    under: list[tuple[int, str]] = []
    # Backwards, since a module is printed after those that it imports, which are indented deeper.
    for own_us, cumulative_us, indent, module in reversed(_LINE.findall(printed)):
        name = module.partition(".")[0]
        while under and under[-1][0] >= len(indent):
            under.pop()
        own[name] += int(own_us)
        if all(name != importer for _, importer in under):  # else it is part of its own package's figure already
            cumulative[name] += int(cumulative_us)
        under.append((len(indent), name))
    return [Package(name, own[name] / 1000, cumulative[name] / 1000) for name in own]


def typical(runs: Iterable[str]) -> list[Package]:
    """The medians over several runs, the most expensive first, by what packages cost themselves."""
    seen: dict[str, list[Package]] = {}
    for printed in runs:
        for package in packages(printed):
            seen.setdefault(package.name, []).append(package)
    medians = [
        Package(name, median(p.own for p in found), median(p.cumulative for p in found)) for name, found in seen.items()
    ]
    return sorted(medians, key=lambda package: -package.own)
