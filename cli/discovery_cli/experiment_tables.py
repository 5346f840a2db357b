"""Experiments as tables."""

from rich.console import RenderableType
from rich.table import Table

from discovery.experiments.experiment import Experiment
from discovery.experiments.simulation import AT_FIRST, LATER, Simulated
from discovery.policy.policy import Policy
from discovery_cli.tables import table


def shares(policy: Policy, running: Experiment) -> Table:
    """Who gets what, of those who take part and of everybody signed in."""
    rows = [
        (name, f"{policy.variants[name]:g}", f"{share:.2%}", f"{share * running.traffic_allocation:.2%}")
        for name, share in sorted(running.variants.items())
    ]
    outside = ("(not in it)", f"{policy.boost_weight:g}", "–", f"{1 - running.traffic_allocation:.2%}")
    return table(["variant", "weight", "of those in it", "of all signed in"], [*rows, outside], right=[1, 2, 3])


def simulated(result: Simulated) -> list[RenderableType]:
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
        f"{result.taking_part:,} of {result.users:,} take part ({result.taking_part / result.users:.3%}; meant: "
        f"{result.experiment.traffic_allocation:.3%}).",
        f"Chi-square {fit.statistic:.3f} with {fit.freedom} degrees of freedom, p = {fit.p:.3f}.",
        f"Allocation {AT_FIRST:.0%} → {LATER:.0%}: {result.moved} of the first {result.first:,} moved.",
        f"Against the same experiment under another salt: Cramér's V = {result.cramers_v:.5f} "
        f"(chi-square {link.statistic:.2f} with {link.freedom} degrees of freedom, p = {link.p:.3f}).",
    ]
