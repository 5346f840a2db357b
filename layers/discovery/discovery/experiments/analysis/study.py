"""The whole of an analysis: from a lake to what is known, or to one sentence of why nothing is."""

from collections.abc import Callable
from dataclasses import dataclass

from discovery.errors import RequestInvalid
from discovery.experiments.analysis.design import Design
from discovery.experiments.analysis.experiment import analyse
from discovery.experiments.analysis.lake import BEFORE_DAYS, SLOW_MS, Damage, Epoch, Lake
from discovery.experiments.analysis.multileaving import preferences
from discovery.experiments.analysis.results import Analysis, Preferences, State

MULTILEAVED = "(multileave)"
"""The variant of an exposure whose page several weights made."""
UNREADABLE: frozenset[State] = frozenset({"never_ran", "no_control", "one_variant", "mismatch", "too_early"})


@dataclass(frozen=True)
class Study:
    """What was found about an experiment."""

    experiment: str
    computed_at: float
    """Unix seconds."""
    readable: bool
    """Whether anything can be said; why not is the verdict."""
    verdict: str
    """One sentence."""
    searches: int
    """In the part of the lake that was read, whosoever."""
    outcomes: int
    """Of signed-in people with a search, each once."""
    damage: Damage
    epochs: tuple[Epoch, ...] = ()
    epoch: Epoch | None = None
    """The one that is analysed; None where the experiment never ran."""
    mixed: int = 0
    """People who were seen in two variants, and are left out."""
    analysis: Analysis | None = None
    """None where it never ran, or is multileaved."""
    by_clicks: Preferences | None = None
    """Of a multileaved experiment."""
    by_plays: Preferences | None = None


def study(
    lake: Lake,
    design: Design,
    *,
    now: Callable[[], float],
    epoch: str | None = None,
    before_days: float = BEFORE_DAYS,
    slow_ms: float = SLOW_MS,
) -> Study:
    """Analyse one epoch of an experiment, by default the latest.

    Raises:
        RequestInvalid: there is no such epoch.
        LakeUnavailable: DuckDB can't go on, as where the disk is full.
    """
    epochs = lake.epochs()

    def found(*, readable: bool, verdict: str, **rest: object) -> Study:
        read = {"searches": lake.searches, "outcomes": lake.outcomes, "damage": lake.damage, "epochs": epochs}
        return Study(design.name, now(), readable, verdict, **read, **rest)  # type: ignore[arg-type]

    if not epochs:
        return found(readable=False, verdict=_never_ran(lake))
    chosen = _chosen(epochs, epoch)
    if chosen.variants == (MULTILEAVED,):
        clicks, plays = (preferences(lake.credits(chosen, sorted(design.meant), act)) for act in ("click", "play"))
        told = clicks if clicks.people else plays
        return found(readable=bool(told.pairs), verdict=told.verdict, epoch=chosen, by_clicks=clicks, by_plays=plays)
    period = lake.period(chosen, list(design.meant), before_days=before_days, slow_ms=slow_ms)
    analysis = analyse(period.people, design.meant, design.control, days=chosen.days)
    return found(
        readable=analysis.state not in UNREADABLE,
        verdict=analysis.verdict,
        epoch=chosen,
        mixed=period.mixed,
        analysis=analysis,
    )


def _chosen(epochs: tuple[Epoch, ...], name: str | None) -> Epoch:
    if name is None:
        return epochs[-1]
    for epoch in epochs:
        if epoch.name == name:
            return epoch
    raise RequestInvalid("epoch", f"there is no epoch {name}, only {', '.join(one.name for one in epochs)}")


def _never_ran(lake: Lake) -> str:
    if not lake.searches:
        damage = lake.damage.lines + len(lake.damage.files)
        return "never ran: " + ("all that the lake has is damaged" if damage else "the lake has no exposures")
    return f"never ran: it assigned none of the {lake.searches:,} searches of the lake"
