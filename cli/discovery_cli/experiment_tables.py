"""Experiments as tables and sentences."""

from typing import Any

from rich.console import RenderableType
from rich.table import Table

from discovery.experiments.experiment import Experiment
from discovery.experiments.simulation import AT_FIRST, LATER, Simulation
from discovery.policy.experiment_status import ExperimentStatus, phase
from discovery.policy.policy import Policy
from discovery_cli.tables import NONE, moment, table


def experiment_line(policy: Policy, now: float) -> str:
    """The experiment in a few sentences."""
    experiment = policy.experiment
    if experiment is None:
        return "No experiment: every signed-in person gets the default weight."
    variants = ", ".join(
        f"{name} {_percent(share)} (weight {policy.variants[name]:g})"
        for name, share in sorted(experiment.variants.items())
    )
    allocation = _percent(experiment.traffic_allocation)
    return (
        f"Experiment {experiment.name} {_runs(experiment, now)}. "
        f"Traffic allocation: {allocation} of signed-in people. Variants: {variants}."
    )


def shares(status: ExperimentStatus, default_weight: float) -> Table:
    """Who gets which weight: shares of the people who take part, and of everybody signed in."""
    rows = [(name, f"{one.weight:g}", f"{one.share:.2%}", f"{one.of_all:.2%}") for name, one in status.variants.items()]
    outside = ("(not in it)", f"{default_weight:g}", NONE, f"{1 - status.traffic_allocation:.2%}")
    return table(["variant", "weight", "of participants", "of all signed-in"], [*rows, outside], right=[1, 2, 3])


def simulated(result: Simulation) -> list[RenderableType]:
    """What a simulation found."""
    taken = table(
        ["variant", "people", "share", "meant", "deviation"],
        [
            (row.variant, f"{row.people:,}", f"{row.share:.3%}", f"{row.meant:.3%}", f"{row.deviation_pp:+.3f} pp")
            for row in result.variants
        ],
        right=[1, 2, 3, 4],
    )
    fit, link = result.fit, result.other_salt
    return [
        taken,
        f"{result.taking_part:,} of {result.users:,} people take part: {result.taking_part / result.users:.3%}, "
        f"{result.experiment.traffic_allocation:.3%} meant.",
        f"Chi-square of the shares: {fit.statistic:.3f} with {fit.freedom} degrees of freedom, p = {fit.p:.3f}.",
        f"Raising the allocation from {AT_FIRST:.0%} to {LATER:.0%} moves {result.moved:,} of the first "
        f"{result.first:,} people.",
        f"Cramér's V with the same experiment under another salt: {result.cramers_v:.5f} "
        f"(chi-square {link.statistic:.2f} with {link.freedom} degrees of freedom, p = {link.p:.3f}).",
    ]


def simulation_document(result: Simulation) -> dict[str, Any]:
    """The same for scripts."""
    return {
        "experiment": result.experiment.name,
        "users": result.users,
        "taking_part": result.taking_part,
        "variants": [share._asdict() for share in result.variants],
        "chi_square": result.fit._asdict(),
        "raised_allocation": {"from": AT_FIRST, "to": LATER, "first": result.first, "moved": result.moved},
        "other_salt": {"cramers_v": result.cramers_v, "chi_square": result.other_salt._asdict()},
    }


def _runs(experiment: Experiment, now: float) -> str:
    match phase(experiment, now), experiment.start, experiment.end:
        case "scheduled", float(start), _:
            return f"starts at {moment(start)}"
        case "ended", _, float(end):
            return f"ended at {moment(end)}"
        case _, _, float(end):
            return f"runs until {moment(end)}"
    return "runs"


def _percent(share: float) -> str:
    return f"{share * 100:.6g} %"
