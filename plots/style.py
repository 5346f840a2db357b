"""How plots look, and how their files stay small: SVG with text as text, and lines of few points."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib.figure import Figure

# Okabe and Ito's palette: told apart by people who see colours differently, too.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
GREY = "#999999"
MAX_POINTS = 200
"""Of one line: more are not told apart at the size of a page."""

_HEIGHT = 4.2
_STYLE: Any = {
    "svg.hashsalt": "discovery",  # the same figures give the same file
    "svg.fonttype": "none",  # text as text
    "path.simplify": True,
    "path.simplify_threshold": 0.5,
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "axes.axisbelow": True,
    "legend.frameon": False,
}


def save_plot(draw: Callable[[Figure], None], file: Path, *, height: float = _HEIGHT) -> None:
    """Draw a figure, and write it as SVG."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(svg(draw, height=height), encoding="utf-8")


def svg(draw: Callable[[Figure], None], *, height: float = _HEIGHT) -> str:
    """Draw a figure, `height` inches high; the same figure gives the same SVG."""
    out = io.StringIO()
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(8, height), layout="constrained")
        draw(figure)
        figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()


def thinned(samples: Sequence[float], points: int = MAX_POINTS) -> list[float]:
    """At most so many of the samples, in order of size: evenly spaced by rank, the least and the greatest included."""
    ordered = sorted(samples)
    if len(ordered) <= points:
        return ordered
    return [ordered[round(place * (len(ordered) - 1) / (points - 1))] for place in range(points)]


def distribution(samples: Sequence[float]) -> tuple[list[float], list[float]]:
    """The line of a cumulative distribution: values, and the share (0 to 1) of the samples up to each."""
    values = thinned(samples)
    return values, [place / max(1, len(values) - 1) for place in range(len(values))]
