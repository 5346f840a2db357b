"""What an analysis has to know of an experiment beforehand: its variants with the shares that were meant."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

CONTROL = "control"


@dataclass(frozen=True)
class Design:
    """An experiment as it was meant, whether it runs or not."""

    name: str
    meant: Mapping[str, float]
    """Variant → share of those who take part; the shares sum to 1."""
    status: str = "running"
    control: str = CONTROL

    @classmethod
    def parse(cls, document: str) -> Self | None:
        """Read an experiment's parameter; None where it has none. What else it says is the policy's to judge.

        Raises:
            ValueError: it is no such document.
        """
        read: Any = json.loads(document)
        if read == {}:
            return None
        match read:
            case {"name": str(name), "variants": dict(shares)} if shares:
                meant = {variant: float(share) for variant, share in shares.items()}
                return cls(name, meant, str(read.get("status", "running")))
        raise ValueError("it has no name and variants")


def designs(parameters: Mapping[str, tuple[str, Any, Any]]) -> dict[str, tuple[Design, float]]:
    """Experiments by name, each with when its parameter was last set (Unix seconds).

    `parameters` are the policy's (`policy.Parameter`, names relative to the prefix); those that are no experiment, or
    none that can be read, are left out.
    """
    found: dict[str, tuple[Design, float]] = {}
    for name, (value, _, modified_at) in parameters.items():
        if name != "experiment" and not name.startswith("experiments/"):
            continue
        try:
            design = Design.parse(value)
        except (ValueError, TypeError):
            continue
        if design is not None:
            found[design.name] = (design, modified_at)
    return found
