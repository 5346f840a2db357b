"""Experiments: who takes part, and who gets which variant; by hashing alone, so that nothing is stored.

    bucket(key) = the first 53 bits of SHA-256(key), big-endian, / 2⁵³                  in [0, 1)
    in the experiment  ⇔  bucket("{salt}:allocation:{user}") < traffic_allocation
    variant            =  the first, by name, whose shares summed up so far exceed bucket("{salt}:variant:{user}")

Separate buckets for taking part and for the variant: raising the allocation moves nobody who was in already. The salt
is the experiment's name unless it gives one, so experiments are independent of each other. `user` is the keyed hash.
53 bits are what a double holds exactly, so every language comes to the same number; docs/experiments.md has vectors.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

_BITS = 53
_STEPS = 1 << _BITS


@dataclass(frozen=True)
class Experiment:
    """An experiment that runs, has run or will run."""

    name: str
    traffic_allocation: float
    """Share of users who take part, in [0, 1]."""
    variants: Mapping[str, float]
    """Variant name → share of those who take part; the shares sum to 1."""
    salt: str = ""
    start: float | None = None
    """Unix seconds from which it runs; None: at once."""
    end: float | None = None
    """Unix seconds from which it runs no more; None: until it is taken out."""

    def runs(self, now: float) -> bool:
        """Whether it runs at a time (Unix seconds)."""
        return (self.start is None or self.start <= now) and (self.end is None or now < self.end)

    def assign(self, user: str) -> str | None:
        """The user's variant, the same at every call and everywhere; None outside the traffic allocation."""
        salt = self.salt or self.name
        if bucket(f"{salt}:allocation:{user}") >= self.traffic_allocation:
            return None
        place = bucket(f"{salt}:variant:{user}")
        reached = 0.0
        # In order of name: the order of a JSON object's members must not matter.
        for name in sorted(self.variants):
            reached += self.variants[name]
            if place < reached:
                return name
        return max(name for name, share in self.variants.items() if share > 0)  # rounding left the sum below 1


def bucket(key: str) -> float:
    """Where a key falls in [0, 1), uniformly."""
    digest = hashlib.sha256(key.encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> (64 - _BITS)) / _STEPS
