"""Simulate experiments on what was recorded; print tables, and write docs/experiment-simulation.md.

python -m lab.experiments [--quick]

Without a recording it makes one first (`python -m lab.experiments.recorder`). `--quick` runs a twentieth of the
simulations, and writes nothing. Without the shared data the exit code is 2.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from rich.progress import Progress

from lab.catalogues import bundle_of
from lab.experiments.known_effects import KnownEffects, known_effects
from lab.experiments.null_tests import NullTests, null_tests
from lab.experiments.orders import Orders, orders, true_values
from lab.experiments.race import Race
from lab.experiments.random_clicks import RandomClicks, random_clicks
from lab.experiments.recorder import FILE, rated_people
from lab.experiments.recording import Recording
from lab.experiments.tables import (
    Raced,
    draw_null,
    draw_races,
    effects_table,
    null_table,
    null_words,
    order_words,
    orders_table,
    race_table,
    random_table,
    world_table,
)
from lab.experiments.world import World
from lab.ranking.ratings import FILMS, DataMissing, data
from lab.report.circumstances import measured
from lab.report.page import Part, check_page, write_page
from lab.report.table import Table
from lab.report.terminal import terminal
from local.stack.processes import ROOT
from plots.style import save_plot

PAGE = ROOT / "docs" / "experiment-simulation.md"
PART = Part("experiments", "experiments")
PAIRS = (
    ("control", "medium_boost"),
    ("low_boost", "medium_boost"),
    ("medium_boost", "high_boost"),
    ("high_boost", "aggressive_boost"),
)
_NULL, _EFFECTS, _RACES, _RANDOM, _ORDERS, _QUICK = 1000, 500, 100, 40, 100, 20


def main() -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make experiments")
    parser.add_argument("--quick", action="store_true")
    quick: bool = parser.parse_args().quick
    try:
        bundle = bundle_of(data() / FILMS)
    except DataMissing as missing:
        print(f"make experiments {missing}", file=sys.stderr)
        return 2
    check_page(PAGE, [PART])
    if not FILE.exists():
        subprocess.run([sys.executable, "-m", "lab.experiments.recorder"], check=True)
    world = World.of(rated_people(bundle), Recording.load(FILE))
    console = terminal()
    counts = (_NULL, _EFFECTS, _RACES, _RANDOM, _ORDERS)
    tests, effects, times, few, five = (count // (_QUICK if quick else 1) for count in counts)
    with Progress(console=terminal(stderr=True)) as progress:

        def shown[T](name: str, count: int, run: Callable[[int, Callable[[], None]], T]) -> T:
            task = progress.add_task(name, total=count)
            return run(count, lambda: progress.advance(task))

        null = shown("A/A tests", tests, partial(null_tests, world))
        known = shown("A/B tests", effects, partial(known_effects, world))
        races = [shown(" – ".join(pair), times, partial(_raced, Race(world, pair))) for pair in PAIRS]
        chance = shown("random clicks", few, partial(random_clicks, world, PAIRS))
        order = shown("orders", five, partial(orders, world))
    found = Found(world, null, known, races, chance, order)
    for table in found.tables():
        console.print(table.printed())
    console.print(null_words(null), order_words(world, true_values(world)))
    if not quick:
        found.write()
    return 0


@dataclass(frozen=True)
class Found:
    """What all simulations found."""

    world: World
    null: NullTests
    known: KnownEffects
    races: Sequence[Raced]
    chance: RandomClicks
    order: Orders

    def tables(self) -> list[Table]:
        """All of it."""
        return [
            world_table(self.world),
            null_table(self.null),
            effects_table(self.known),
            race_table(self.races),
            random_table(self.chance),
            orders_table(self.order),
        ]

    def write(self) -> None:
        """Write the page and its plots."""
        plots = PAGE.parent / "plots"
        save_plot(partial(draw_null, self.null), plots / "experiments-null.svg")
        save_plot(partial(draw_races, self.races), plots / "experiments-races.svg")
        texts = [table.markdown() for table in self.tables()]
        parts = [measured("make experiments"), _recorded(self.world), "**What a search brings**", texts[0]]
        parts += ["**A/A**", texts[1], null_words(self.null), "![p-values](plots/experiments-null.svg)"]
        parts += ["**A known effect**", texts[2], "**Multileaving against A/B**", texts[3]]
        parts += ["![Searches until decided](plots/experiments-races.svg)", "**Clicks at random**", texts[4]]
        parts += ["**Five weights**", order_words(self.world, true_values(self.world)), texts[5]]
        write_page(PAGE, {PART: "\n\n".join(parts)})


def _raced(race: Race, count: int, progress: Callable[[], None]) -> Raced:
    """Run a race by each way."""
    tested, by_teams, by_shares = [], [], []
    for number in range(count):
        tested.append(race.by_test(number))
        by_teams.append(race.by_teams(number))
        by_shares.append(race.by_multileaving(number))
        progress()
    return race, tested, by_teams, by_shares


def _recorded(world: World) -> str:
    recording = world.recording
    people, queries, variants = recording.pages.shape[:3]
    whole = recording.personalized.mean()
    return (
        f"Recorded: {people} people × {queries} themes × {variants} weights = {recording.milliseconds.size:,} "
        f"searches, {whole:.1%} of which had all their scores."
    )


if __name__ == "__main__":
    sys.exit(main())
