"""What a simulation of all experiments found, as tables and as a document."""

from typing import Any

from rich.console import RenderableType

from discovery.experiments.layer_simulation import LayerSimulation
from discovery_cli.tables import NONE, table


def simulated_layers(result: LayerSimulation) -> list[RenderableType]:
    """For people."""
    sizes = table(
        ["experiment", "layer", "slot", "people", "share", "meant", "shares of variants, p"],
        [
            (
                *(one.experiment, one.layer, f"{one.slot[0]:.6g} to {one.slot[1]:.6g}", f"{one.people:,}"),
                *(f"{one.share:.3%}", f"{one.meant:.3%}", f"{one.fit.p:.3f}" if one.fit.freedom else NONE),
            )
            for one in result.sizes
        ],
        right=[3, 4, 5, 6],
    )
    pairs = table(
        ["experiments", "layers", "people in both", "meant", "Cramér's V", "p"],
        [
            (
                f"{pair.one}, {pair.other}",
                "the same" if pair.same_layer else "two",
                *(f"{pair.together:,}", f"{pair.meant:,.0f}"),
                *((NONE, NONE) if pair.same_layer else (f"{pair.cramers_v:.5f}", f"{pair.chi_square.p:.3f}")),
            )
            for pair in result.pairs
        ],
        right=[2, 3, 4, 5],
    )
    return [sizes, *([pairs] if result.pairs else []), f"{result.held_out:,} of {result.users:,} people are held out."]


def layers_document(result: LayerSimulation) -> dict[str, Any]:
    """For scripts."""
    return {
        "users": result.users,
        "held_out": result.held_out,
        "experiments": [one._asdict() | {"fit": one.fit._asdict()} for one in result.sizes],
        "pairs": [pair._asdict() | {"chi_square": pair.chi_square._asdict()} for pair in result.pairs],
    }
