"""All experiments that Parameter Store holds, whether they run or not, as an operator sees them. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from discovery.experiments.experiment import WEIGHT_LAYER, Experiment
from discovery.experiments.parser import parse_experiment
from discovery.policy.experiment_status import phase
from discovery.policy.parameter_names import is_experiment
from discovery.policy.parser import EXPERIMENT, EXPERIMENTS_FOLDER
from discovery.policy.policy import Parameter
from discovery.policy.verdict import Verdict

Standing = Literal["draft", "scheduled", "running", "paused", "ended", "completed", "refused"]


@dataclass(frozen=True)
class ListedExperiment:
    """An experiment and how it stands; times are in Unix seconds."""

    name: str
    parameter: str
    """Relative to the prefix."""
    status: Standing
    """Running ones may be scheduled for later, or have ended by their end."""
    experiment: Experiment | None
    """None where it is refused."""
    weights: dict[str, float | None]
    """By variant; None for those of other layers than the weight's, and for variants that no longer exist."""
    epoch: str | None
    """None where it does not run."""
    set_at: float
    version: int
    reason: str | None
    """Why it is refused."""


def listed_experiments(verdict: Verdict, now: float) -> list[ListedExperiment]:
    """Every experiment, in order of layer, slot and name; those that can't be read come last."""
    every = (_listed(name, of, verdict, now) for name, of in _parameters(verdict))
    return sorted(every, key=_order)


def _parameters(verdict: Verdict) -> Iterator[tuple[str, Parameter]]:
    for name, parameter in verdict.parameters.items():
        if is_experiment(name) or (name == EXPERIMENT and parameter.value.strip() != "{}"):
            yield name, parameter


def _listed(name: str, parameter: Parameter, verdict: Verdict, now: float) -> ListedExperiment:
    reason = next((refusal.reason for refusal in verdict.refusals if refusal.parameter == name), None)
    experiment = None
    try:
        experiment = parse_experiment(parameter.value.strip())
    except ValueError as error:
        reason = reason or str(error)
    policy = verdict.policy
    return ListedExperiment(
        name=experiment.name if experiment else name.removeprefix(EXPERIMENTS_FOLDER),
        parameter=name,
        status="refused" if reason or experiment is None else _standing(experiment, now),
        experiment=experiment,
        weights={variant: _weight(variant, experiment, verdict) for variant in sorted(experiment.variants)}
        if experiment
        else {},
        epoch=policy.epochs.get(experiment.name) if policy and experiment else None,
        set_at=parameter.modified_at,
        version=parameter.version,
        reason=reason,
    )


def _standing(experiment: Experiment, now: float) -> Standing:
    return phase(experiment, now) if experiment.status == "running" else experiment.status


def _weight(variant: str, experiment: Experiment, verdict: Verdict) -> float | None:
    if experiment.layer != WEIGHT_LAYER or verdict.policy is None:
        return None
    return verdict.policy.variants.get(variant)


def _order(listed: ListedExperiment) -> tuple[bool, str, float, str]:
    experiment = listed.experiment
    if experiment is None:
        return True, "", 0.0, listed.name
    return False, experiment.layer, experiment.slot, listed.name
