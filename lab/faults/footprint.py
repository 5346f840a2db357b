"""What this process holds: memory and descriptors, on Linux and macOS alike."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression

_STATM = Path("/proc/self/statm")
_MB = 1024 * 1024
_FEWEST = 3
"""Samples of which a slope means anything."""


@dataclass(frozen=True)
class Footprint:
    """A sample."""

    minute: float
    """Since the soak began."""
    resident_mb: float
    descriptors: int

    @classmethod
    def now(cls, minute: float) -> "Footprint":
        """What it is at this moment; the descriptor that lists the others is not counted."""
        return cls(minute, _resident_bytes() / _MB, len(os.listdir("/dev/fd")) - 1)  # noqa: PTH208 - names are enough


def slope(samples: Sequence[Footprint]) -> float:
    """Megabytes a minute, by least squares; 0 where there are too few samples to tell."""
    if len(samples) < _FEWEST:
        return 0.0
    minutes, megabytes = zip(*((sample.minute, sample.resident_mb) for sample in samples), strict=True)
    return linear_regression(minutes, megabytes).slope


def _resident_bytes() -> int:
    if _STATM.exists():
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    command = ["ps", "-o", "rss=", "-p", str(os.getpid())]
    return int(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout) * 1024
