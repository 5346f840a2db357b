"""An experiment, as the policy has it; `assignment` says who gets which variant of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Status = Literal["draft", "running", "paused", "completed"]
Mode = Literal["ab", "multileave"]

WEIGHT_LAYER = "weight"
"""The layer whose experiments decide the weight. What those of other layers decide is the app's own business."""


@dataclass(frozen=True)
class Experiment:
    """An experiment that runs, has run or will run."""

    name: str
    traffic_allocation: float
    """Share of users who take part, in [0, 1]; `slot + traffic_allocation` is at most 1."""
    variants: Mapping[str, float]
    """Variant name → share of those who take part; the shares sum to 1."""
    salt: str = ""
    start: float | None = None
    """Unix seconds from which it runs; None: at once."""
    end: float | None = None
    """Unix seconds from which it runs no more; None: until it is taken out."""
    status: Status = "running"
    own_layer: str | None = None
    """The layer that it names; None where it names none, and is drawn by its own salt."""
    slot: float = 0.0
    """Where its share of the layer begins, in [0, 1)."""
    mode: Mode = "ab"

    @property
    def layer(self) -> str:
        """The layer in which it runs: that of the weight unless it names another."""
        return self.own_layer or WEIGHT_LAYER

    @property
    def variant_salt(self) -> str:
        """What its variants are drawn by; no two experiments have the same, unless somebody wants it so."""
        return self.salt or self.name

    @property
    def allocation_salt(self) -> str:
        """What taking part is drawn by: all experiments of a layer have it in common, so that slots divide people."""
        return self.variant_salt if self.own_layer is None else f"layer:{self.own_layer}"

    def runs(self, now: float) -> bool:
        """Whether it runs at a time (Unix seconds)."""
        begun = self.start is None or self.start <= now
        return self.status == "running" and begun and (self.end is None or now < self.end)
