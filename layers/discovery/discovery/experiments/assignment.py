"""Assignment: who takes part in an experiment, and who gets which variant; by hashing alone, so that nothing is stored.

    bucket(key) = the first 53 bits of SHA-256(key), big-endian, / 2⁵³                  in [0, 1)
    in the experiment  ⇔  bucket("{salt}:allocation:{user}") < traffic_allocation
    variant            =  the first, by name, whose shares summed up so far exceed bucket("{salt}:variant:{user}")

There are two buckets, one for taking part and one for the variant, so that raising the allocation moves nobody who took
part already. The salt is the experiment's name unless it gives one, so experiments are independent of each other.
`user` is the keyed hash. A double holds 53 bits exactly, so every language comes to the same number;
docs/experiments.md has vectors.
"""

import hashlib

from discovery.experiments.experiment import Experiment

_BITS = 53
_STEPS = 1 << _BITS


def assigned_variant(experiment: Experiment, user: str) -> str | None:
    """The user's variant, the same at every call and everywhere; None outside the traffic allocation."""
    salt = experiment.salt or experiment.name
    if bucket(f"{salt}:allocation:{user}") >= experiment.traffic_allocation:
        return None
    place = bucket(f"{salt}:variant:{user}")
    reached = 0.0
    # In order of name: the order of a JSON object's members must not matter.
    for name in sorted(experiment.variants):
        reached += experiment.variants[name]
        if place < reached:
            return name
    # Rounding left the sum of the shares below 1.
    return max(name for name, share in experiment.variants.items() if share > 0)


def bucket(key: str) -> float:
    """Where a key falls in [0, 1), uniformly."""
    digest = hashlib.sha256(key.encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> (64 - _BITS)) / _STEPS
