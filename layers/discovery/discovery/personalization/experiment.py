"""Experiments: who takes part, and who gets which variant; by hashing alone, so that nothing is stored.

    bucket(key) = the first 8 bytes of SHA-256(key), big-endian, / 2⁶⁴                  in [0, 1)
    in the experiment  ⇔  bucket("{salt}:allocation:{user}") < traffic_allocation
    variant            =  the one whose interval of cumulated shares holds bucket("{salt}:variant:{user}")

Separate buckets for taking part and for the variant: raising the allocation moves nobody who was in already. The salt
is the experiment's name unless it gives one, so experiments are independent of each other. `user` is the keyed hash.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Experiment:
    """A running experiment."""

    name: str
    traffic_allocation: float
    """Share of users who take part, in [0, 1]."""
    variants: Mapping[str, float]
    """Variant name → share of those who take part; the shares sum to 1."""
    salt: str = ""

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
    return int.from_bytes(digest[:8], "big") / 2**64
