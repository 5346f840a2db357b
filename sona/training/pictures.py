"""What training showed, as pictures."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from plots.style import COLOURS, GREY, MAX_POINTS, save_plot
from sona.scoring import scores_of
from sona.training.trainer import Trained

_BLUE, _ORANGE = COLOURS[:2]
_BINS = 40


def draw_regularization(trained: Trained, file: Path) -> None:
    """NDCG@10 by λ, beside that of popularity."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        choices = sorted(trained.outcomes)
        ndcg = [trained.outcomes[choice].ndcg for choice in choices]
        popular = trained.outcomes[choices[0]].popularity_ndcg
        axes.plot(choices, ndcg, "o-", color=_BLUE, label="model")
        chosen = trained.model.manifest.regularization
        best = trained.outcomes[chosen].ndcg
        axes.plot([chosen], [best], "o", color=_BLUE, markersize=12, fillstyle="none", label="chosen")
        axes.axhline(popular, color=GREY, linestyle="--", label="popularity alone")
        for choice, value in zip(choices, ndcg, strict=True):
            axes.annotate(f"{value:.3f}", (choice, value), (0, 11), textcoords="offset points", ha="center")
        axes.set_xscale("log")
        axes.set_xticks(choices, [f"{choice:g}" for choice in choices])
        axes.minorticks_off()
        axes.margins(x=0.15)
        axes.set_ylim(0, max(*ndcg, popular) * 1.2)
        axes.set_xlabel("λ")
        axes.set_ylabel("NDCG@10 of held-out likes")
        axes.legend(loc="lower right")

    save_plot(draw, file)


def draw_calibration(trained: Trained, file: Path) -> None:
    """Scores of held-out likes, and of random titles for the same people."""
    outcome, half = trained.outcomes[trained.model.manifest.regularization], trained.model.manifest.half

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        bins = np.linspace(0, 1, _BINS + 1)
        kinds = {"random titles": (outcome.random_evidence, GREY), "held-out likes": (outcome.evidence, _BLUE)}
        for name, (evidence, colour) in kinds.items():
            scores = scores_of(evidence, half)
            shares = np.full(len(scores), 100 / max(1, len(scores)))
            axes.hist(
                scores.tolist(),
                bins.tolist(),
                weights=shares.tolist(),
                color=colour,
                alpha=0.6,
                label=f"{name}, median {_median(scores)}",
            )
        axes.set_xlabel("score")
        axes.set_ylabel("% of titles")
        axes.set_xlim(0, 1)
        axes.legend()

    save_plot(draw, file)


def draw_long_tail(trained: Trained, file: Path) -> None:
    """How many events titles and people have, the busiest first."""
    interactions = trained.interactions

    def draw(figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        _ranked(left, np.bincount(interactions.rows), "titles", _BLUE)
        _ranked(right, np.bincount(interactions.people), "people", _ORANGE)

    save_plot(draw, file)


def _ranked(axes: Axes, counts: NDArray[np.intp], what: str, colour: str) -> None:
    counts = np.sort(counts[counts > 0])[::-1]
    shown = np.unique(np.geomspace(1, max(1, len(counts)), MAX_POINTS).astype(int)) - 1
    shown = shown[shown < len(counts)]
    axes.loglog(shown + 1, counts[shown], color=colour)
    axes.set_xlabel(f"{what}, by number of events")
    axes.set_ylabel("events")
    axes.set_ylim(bottom=0.8)


def _median(scores: NDArray[np.float64]) -> str:
    return f"{np.median(scores):.2f}" if len(scores) else "–"
