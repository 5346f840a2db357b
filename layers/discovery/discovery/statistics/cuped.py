"""CUPED: what people did before an experiment takes out of the variance what the experiment did not cause.

Deng, Xu, Kohavi and Walker, "Improving the Sensitivity of Online Controlled Experiments by Utilizing Pre-Experiment
Data", WSDM 2013, section 3.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from discovery.statistics.sample import Floats, Sample


@dataclass(frozen=True, eq=False)
class Cuped:
    """The samples of all variants after the adjustment."""

    samples: tuple[Sample, ...]
    theta: float
    shared: float
    """The covariance of any two of the values: all were moved towards the mean of one covariate over everybody."""


def cuped(samples: Sequence[Sample], covariates: Sequence[Floats]) -> Cuped | None:
    """Adjust each value by θ · (mean covariate of its people − that of everybody).

    θ = Σ cov(influence, covariate) / Σ var(covariate), pooled within the variants, so that the effect itself does not
    enter. One θ for all keeps the difference free of bias, as long as the variant cannot have caused the covariate.

    Args:
        samples: one a variant.
        covariates: [n] for each sample: what its people did before.

    Returns: None where the covariate is the same for all, and so says nothing.
    """
    centred = [covariate - covariate.mean() for covariate in covariates]
    spread = sum(float(covariate @ covariate) for covariate in centred)
    if spread <= 0:
        return None
    theta = sum(float(sample.influence @ x) for sample, x in zip(samples, centred, strict=True)) / spread
    everybody = np.concatenate(covariates)
    mean = float(everybody.mean())
    adjusted = tuple(
        Sample(sample.value - theta * (float(covariate.mean()) - mean), sample.influence - theta * x)
        for sample, covariate, x in zip(samples, covariates, centred, strict=True)
    )
    return Cuped(adjusted, theta, theta**2 * float(everybody.var(ddof=1)) / len(everybody))
