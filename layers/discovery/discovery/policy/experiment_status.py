"""How the policy's experiment stands at a moment. Pure."""

from dataclasses import dataclass
from typing import Literal

from discovery.experiments.experiment import Experiment
from discovery.policy.parser import EXPERIMENT
from discovery.policy.policy import Policy

_DAY = 86_400

Phase = Literal["scheduled", "running", "ended"]


@dataclass(frozen=True)
class VariantStatus:
    """A variant in the experiment."""

    weight: float
    share: float
    """Of the people who take part, 0 to 1."""
    of_all: float
    """Of all signed-in people, 0 to 1."""


@dataclass(frozen=True)
class ExperimentStatus:
    """The experiment; times are in Unix seconds."""

    experiment: str
    """Its name."""
    runs: bool
    """Whether it changes the order of anybody's results now."""
    enabled: bool
    """The policy's switch."""
    policy_version: str
    epoch: str | None
    set_at: float
    start: float | None
    end: float | None
    days_left: float | None
    """Until its end, 0 after that; None where it has none."""
    salt: str
    traffic_allocation: float
    variants: dict[str, VariantStatus]


def phase(experiment: Experiment, now: float) -> Phase:
    """Whether an experiment has yet to start, assigns people, or has ended."""
    if experiment.end is not None and now >= experiment.end:
        return "ended"
    return "running" if experiment.runs(now) else "scheduled"


def experiment_status(policy: Policy, now: float) -> ExperimentStatus | None:
    """The status of the policy's experiment; None where there is none."""
    experiment = policy.experiment
    if experiment is None:
        return None
    allocation = experiment.traffic_allocation
    return ExperimentStatus(
        experiment=experiment.name,
        runs=experiment.runs(now) and policy.enabled,
        enabled=policy.enabled,
        policy_version=policy.version,
        epoch=policy.epoch,
        set_at=policy.parameters[EXPERIMENT].modified_at,
        start=experiment.start,
        end=experiment.end,
        days_left=None if experiment.end is None else max(0.0, (experiment.end - now) / _DAY),
        salt=experiment.salt or experiment.name,
        traffic_allocation=allocation,
        variants={
            name: VariantStatus(policy.variants[name], share, share * allocation)
            for name, share in sorted(experiment.variants.items())
        },
    )
