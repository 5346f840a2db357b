"""What training showed, as a page with pictures."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sona.scoring import scores_of
from sona.training.pictures import draw_calibration, draw_long_tail, draw_regularization
from sona.training.trainer import Trained

_REGULARIZATION, _CALIBRATION, _LONG_TAIL = "regularization.svg", "calibration.svg", "long-tail.svg"
_BUSIEST = 0.01


def write_report(trained: Trained, folder: Path) -> None:
    """Write `report.md` and its pictures into a folder; the same training gives the same files."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [_what(trained)]
    if trained.outcomes:
        draw_regularization(trained, folder / _REGULARIZATION)
        draw_calibration(trained, folder / _CALIBRATION)
        parts += [_how_well(trained), _calibration(trained)]
    else:
        parts.append(
            "Nothing was held out: fewer than ten people like twenty titles. λ and `half` are the usual ones.\n"
        )
    if len(trained.interactions):
        draw_long_tail(trained, folder / _LONG_TAIL)
        parts.append(_long_tail(trained))
    (folder / "report.md").write_text("\n".join(parts), encoding="utf-8")


def _what(trained: Trained) -> str:
    manifest = trained.model.manifest
    rows = {
        "people": f"{manifest.people:,}",
        "events, the newest of each person and title": f"{manifest.events:,}",
        "until": str(np.datetime64(manifest.events_until, "s")) + " UTC",
        "titles met": f"{len(trained.model.arrays.neighbours):,} of {manifest.titles:,}",
        "solver": manifest.solver,
        "λ": f"{manifest.regularization:g}",
        "seed": str(manifest.seed),
        "catalogue": f"`{manifest.catalogue}`",
        "SHA-256 of the events": f"`{manifest.data}`",
    }
    table = "".join(f"| {name} | {said} |\n" for name, said in rows.items())
    return f"# Model {trained.model.id}\n\n| | |\n|---|---|\n{table}"


def _how_well(trained: Trained) -> str:
    figures = trained.model.manifest.figures
    rows = "".join(
        f"| {choice:g} | {outcome.ndcg:.3f} | {outcome.popularity_ndcg:.3f} |\n"
        for choice, outcome in sorted(trained.outcomes.items())
    )
    return f"""## How well it foretells
The last fifth of the likes of {figures["people"]:.0f} people were held out. NDCG@10 of these among all titles that the
person had not met:

| λ | model | popularity alone |
|--:|--:|--:|
{rows}
![NDCG@10 by λ]({_REGULARIZATION})
"""


def _calibration(trained: Trained) -> str:
    outcome, half = trained.outcomes[trained.model.manifest.regularization], trained.model.manifest.half
    liked, random = scores_of(outcome.evidence, half), scores_of(outcome.random_evidence, half)
    return f"""## What a score means
A title with `half`, {half:.4g}, of evidence scores 0.5. The median held-out like scores {np.median(liked):.2f},
the median random title {np.median(random):.2f}; the like scores more in {_wins(liked, random):.1%} of pairs.

![Scores of held-out likes and of random titles]({_CALIBRATION})
"""


def _long_tail(trained: Trained) -> str:
    counts = np.sort(np.bincount(trained.interactions.rows))[::-1]
    busiest = max(1, round((counts > 0).sum() * _BUSIEST))
    per_person = np.bincount(trained.interactions.people)
    return f"""## The long tail
{busiest:,} titles, one in a hundred of those met, have {counts[:busiest].sum() / counts.sum():.0%} of the events. The
median person has {np.median(per_person):.0f} events, the busiest {per_person.max():,}.

![Events by title and by person]({_LONG_TAIL})
"""


def _wins(greater: NDArray[np.float64], less: NDArray[np.float64]) -> float:
    """The share of pairs in which the first is the greater one; ties count half."""
    ordered = np.sort(less)
    below, up_to = np.searchsorted(ordered, greater, "left"), np.searchsorted(ordered, greater, "right")
    return float((below + up_to).mean() / 2 / max(1, len(less)))
