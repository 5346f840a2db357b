"""An analysis as a page: one HTML file with its tables and pictures inside, which loads nothing from elsewhere."""

from html import escape
from pathlib import Path

from discovery.experiments.analysis.document import ExperimentResults
from discovery_cli.analysis_pictures import draw_differences, draw_guardrails, draw_preferences
from discovery_cli.analysis_tables import Grid, grids, notes

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #222 }}
.verdict {{ font-size: 1.25rem; padding: .75rem 1rem; border-left: .3rem solid {colour}; background: #f6f6f6 }}
table {{ border-collapse: collapse; margin: .5rem 0 1.5rem; font-size: .9rem }}
th, td {{ padding: .25rem .6rem; border-bottom: 1px solid #ddd; text-align: right; font-variant-numeric: tabular-nums }}
th.words, td.words {{ text-align: left }}
svg {{ max-width: 100%; height: auto }}
</style>
<h1>{title}</h1>
<p class="verdict">{verdict}</p>
<ul>{notes}</ul>
{parts}
</html>
"""
_GOOD, _BAD = "#009E73", "#D55E00"


def write_report(found: ExperimentResults, folder: Path) -> Path:
    """Write `NAME.html` into a folder, and return it; the same analysis gives the same file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{found.experiment}.html"
    file.write_text(page(found), encoding="utf-8")
    return file


def page(found: ExperimentResults) -> str:
    """The page."""
    return _PAGE.format(
        title=escape(f"Experiment {found.experiment}"),
        colour=_GOOD if found.readable else _BAD,
        verdict=escape(f"{found.verdict}."),
        notes="".join(f"<li>{escape(note)}</li>" for note in notes(found)),
        parts="\n".join([*_pictures(found), *(_table(grid) for grid in grids(found))]),
    )


def _pictures(found: ExperimentResults) -> list[str]:
    drawn: list[tuple[str, str | None]] = []
    for one in found.analysis.variants if found.analysis is not None else ():
        drawn += [(one.variant, draw_differences(one)), (f"{one.variant}: guardrails", draw_guardrails(one))]
    for preferred, what in ((found.by_clicks, "clicks"), (found.by_plays, "plays")):
        drawn.append((f"Preferences by {what}", draw_preferences(preferred, what) if preferred is not None else None))
    return [f"<h2>{escape(title)}</h2>\n{_inline(svg)}" for title, svg in drawn if svg is not None]


def _inline(svg: str) -> str:
    """Without the prologue of a file of its own."""
    return svg[svg.index("<svg") :]


def _table(grid: Grid) -> str:
    def row(cells: tuple[str, ...], element: str) -> str:
        kinds = (' class="words"' if column in grid.words else "" for column in range(len(cells)))
        return "".join(f"<{element}{kind}>{escape(c)}</{element}>" for c, kind in zip(cells, kinds, strict=True))

    rows = "".join(f"<tr>{row(tuple(cells), 'td')}</tr>\n" for cells in grid.rows)
    return f"<h2>{escape(grid.title)}</h2>\n<table>\n<tr>{row(tuple(grid.header), 'th')}</tr>\n{rows}</table>"
