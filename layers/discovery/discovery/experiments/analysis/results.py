"""What an analysis finds: frozen values, made in `experiment.py` and `multileaving.py`, rendered elsewhere.

Differences and intervals of a metric are in its own unit (`Metric.unit`), relative ones are shares: 0.031 is +3.1 %.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from discovery.experiments.analysis.metric import Metric
from discovery.statistics.interval import Interval

Outcome = Literal["better", "worse", "same", "undecided", "safe", "harmed", "shown"]
"""Of a comparison. A decision metric is better, worse, the same (no difference worth the name) or undecided.

A guardrail is safe, harmed or undecided. What is only shown is shown.
"""

State = Literal[
    "never_ran", "no_control", "one_variant", "mismatch", "too_early", "undecided", "ship", "harm", "mixed", "same"
]
"""Of an experiment. With the first five nothing can be read; ship, harm, mixed and same hold whenever looked at."""


@dataclass(frozen=True)
class SampleRatio:
    """Whether the people came to the variants in the shares that were meant."""

    observed: Mapping[str, int]
    meant: Mapping[str, float]
    """Shares that sum to 1."""
    p: float
    """Always valid (Lindon and Malek 2022): this decides."""
    p_once: float
    """Of Pearson's chi-square test, for whoever looks once only."""
    mismatch: bool
    """Whether p is below 0.001: nothing else can be believed then."""


@dataclass(frozen=True)
class Adjustment:
    """What CUPED did to a comparison."""

    theta: float
    variance_ratio: float
    """Variance of the difference with, divided by that without; 0.6 saves 40 % of the people."""


@dataclass(frozen=True)
class Comparison:
    """One metric of one variant against control."""

    metric: Metric
    variant: str
    control_value: float
    """The mean a person, or the ratio."""
    variant_value: float
    difference: float
    """Variant less control, with CUPED where `adjustment` is given."""
    standard_error: float
    interval: Interval
    """95 %, for whoever looks once, at a time fixed beforehand."""
    sequence: Interval
    """95 %, always valid: it holds at all looks together. Of a guardrail too; its outcome rests on one-sided bounds."""
    relative: float | None
    """Difference divided by control's value; None where that is 0."""
    relative_interval: Interval
    relative_sequence: Interval
    p: float
    """Two-sided, for whoever looks once."""
    p_sequential: float
    """Two-sided, always valid: at most 0.05 just when `sequence` excludes 0."""
    p_adjusted: float | None
    """p_sequential after Benjamini–Hochberg over the decision metrics of all variants, or over their guardrails."""
    adjustment: Adjustment | None
    """None where the period before says nothing."""
    harm: float | None = None
    """Of a guardrail: how much worse it can be at most (one-sided, 95 %, always valid), in the metric's unit."""
    outcome: Outcome = "shown"


@dataclass(frozen=True)
class VariantResult:
    """One variant against control."""

    variant: str
    people: int
    values: Mapping[str, float]
    """By metric's name, as observed."""
    comparisons: tuple[Comparison, ...]
    """In the order of METRICS; empty for control, and where nothing can be read."""
    state: State
    more_people: int | None
    """How many more are needed, where the state is undecided; None where that cannot be said."""
    verdict: str
    """A sentence, without the variant's name."""


@dataclass(frozen=True)
class Analysis:
    """What is known of one epoch of an experiment."""

    control: str
    people: int
    days: float | None
    """How long the epoch has run, where known."""
    sample_ratio: SampleRatio | None
    """None where nobody took part or there is nothing to compare."""
    variants: tuple[VariantResult, ...]
    state: State
    more_people: int | None
    """How many more are needed, where the state is undecided; None where that cannot be said."""
    verdict: str
    """One sentence."""


@dataclass(frozen=True)
class Preference:
    """One weight against another in a multileaved experiment."""

    first: str
    second: str
    people: int
    """Who gave credit to either."""
    share: float
    """First's share of the credit of both, of all people: 0.5 is no preference."""
    interval: Interval
    """95 %, for whoever looks once."""
    sequence: Interval
    """95 %, always valid."""
    p_sign: float
    """Two-sided sign test of who gave more credit to which, for whoever looks once."""
    p_sequential: float
    p_adjusted: float
    """p_sequential after Benjamini–Hochberg over all pairs."""
    decided: bool
    """Whether p_adjusted is at most 0.05."""


@dataclass(frozen=True)
class CreditShare:
    """One weight's share of all credit."""

    variant: str
    share: float
    """1/k is no preference."""
    interval: Interval
    sequence: Interval


@dataclass(frozen=True)
class Preferences:
    """What a multileaved experiment says."""

    people: int
    """Who gave credit to any."""
    shares: tuple[CreditShare, ...]
    """In the order found, the most preferred first."""
    pairs: tuple[Preference, ...]
    """Every pair once; `first` stands before `second` in the order found."""
    order_decided: bool
    """Whether each weight is told apart from the next."""
    verdict: str
    """One sentence."""
