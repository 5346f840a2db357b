"""Assignment: who takes part in an experiment, and who gets which variant; by hashing alone, so that nothing is stored.

    bucket(key) = the first 53 bits of SHA-256(key), big-endian, / 2⁵³                  in [0, 1)
    in the experiment  ⇔  slot ≤ bucket("{layer salt}:allocation:{user}") < slot + traffic_allocation
    variant            =  the first, by name, whose shares summed up so far exceed bucket("{salt}:variant:{user}")

There are two buckets, one for taking part and one for the variant, so that raising the allocation moves nobody who took
part already. The salt is the experiment's name unless it gives one, so experiments are independent of each other. The
layer salt is `layer:{layer}`, or the experiment's salt where it names no layer. `user` is the keyed hash. A double
holds 53 bits exactly, so every language comes to the same number; docs/experiments.md has vectors.
"""

import hashlib

from discovery.experiments.experiment import Experiment

_BITS = 53
_STEPS = 1 << _BITS


def assigned_variant(experiment: Experiment, user: str) -> str | None:
    """The user's variant, the same at every call and everywhere; None outside the traffic allocation."""
    if not takes_part(experiment, user):
        return None
    place = bucket(f"{experiment.variant_salt}:variant:{user}")
    reached = 0.0
    # In order of name: the order of a JSON object's members must not matter.
    for name in sorted(experiment.variants):
        reached += experiment.variants[name]
        if place < reached:
            return name
    # Rounding left the sum of the shares below 1.
    return max(name for name, share in experiment.variants.items() if share > 0)


def takes_part(experiment: Experiment, user: str) -> bool:
    """Whether the user is in the experiment's slot of its layer."""
    place = bucket(f"{experiment.allocation_salt}:allocation:{user}")
    return experiment.slot <= place < experiment.slot + experiment.traffic_allocation


def held_out(user: str, share: float) -> bool:
    """Whether the user is in the holdout, and therefore in no experiment; raising its share lets nobody out of it."""
    return share > 0 and bucket(f"holdout:allocation:{user}") < share


def bucket(key: str) -> float:
    """Where a key falls in [0, 1), uniformly."""
    digest = hashlib.sha256(key.encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> (64 - _BITS)) / _STEPS
