"""Confidence sequences: intervals that hold at every look together, so that looking early is honest.

The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit
theory and asymptotic confidence sequences", Annals of Statistics 52(6), 2024, Theorem 2.2. At n people, with t = n·ρ²:

    value ± standard error · √((t + 1) / t · log((t + 1) / α²)).

It is the mixture sequential probability ratio test (Robbins 1970; Johari, Koomen, Pekelis and Walsh, "Always Valid
Inference", Operations Research 70(3), 2022) with a normal prior of variance ρ² and an estimated variance. It decides
only for how many people the boundary is narrowest, and must not be chosen by the data.

n counts people, who are independent. What one person does adds up while the sequence goes on; looks are then more alike
than those of the theory, not less, which `make calibration` checks.
"""

import math

ALPHA = 0.05
TUNED_FOR = 10_000
"""People of both variants together for whom the boundary is narrowest. A tenth or ten times as many widen it by a
tenth (docs/analysis.md)."""


def boundary(people: float, *, alpha: float = ALPHA, tuned_for: float = TUNED_FOR) -> float:
    """How many standard errors the sequence reaches to either side; 1.96 would be the interval of a single look."""
    t = people * _prior(alpha, tuned_for)
    return math.sqrt((t + 1) / t * math.log((t + 1) / alpha**2)) if t > 0 else math.inf


def one_sided_boundary(people: float, *, alpha: float = ALPHA, tuned_for: float = TUNED_FOR) -> float:
    """How many standard errors it reaches where only one side matters (same paper, Proposition B.1)."""
    t = people * _prior(2 * alpha, tuned_for)
    return math.sqrt(2 * (t + 1) / t * math.log1p(math.sqrt(t + 1) / (2 * alpha))) if t > 0 else math.inf


def always_valid_p(z: float, people: float, *, tuned_for: float = TUNED_FOR) -> float:
    """The p-value that may be looked at at any time: at most 0.05 just when the 95 % sequence excludes 0.

    One divided by the likelihood ratio of the mixture, at most 1. The ratio is an e-value (asymptotically), so that
    Benjamini–Hochberg holds over such p-values however they depend on each other: Wang and Ramdas, "False Discovery
    Rate Control with E-values", Journal of the Royal Statistical Society B 84(3), 2022.

    Args:
        z: the estimate in standard errors.
        people: behind it.
        tuned_for: as for the boundary.
    """
    t = people * _prior(ALPHA, tuned_for)
    return min(1.0, math.exp(0.5 * math.log1p(t) - z * z * t / (2 * (t + 1))))


def paired_people(first: int, second: int) -> float:
    """For how many people in equal halves two groups count: 4 / (1/n + 1/m)."""
    return 4 / (1 / first + 1 / second) if first and second else 0.0


def _prior(alpha: float, tuned_for: float) -> float:
    """ρ² that is best at `tuned_for` people (same paper, equation 10)."""
    logarithm = -2 * math.log(alpha)
    return (logarithm + math.log(logarithm + 1)) / tuned_for
