"""`discovery sona train`: a model from an event log and a catalogue."""

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from discovery.artefacts.folder import size_of
from discovery.catalogue.bundle import open_catalogue
from discovery.errors import CatalogueError
from discovery_cli.steps import steps
from sona.errors import ModelInvalid, SonaError
from sona.model.manifest import ModelManifest
from sona.model.titles import Titles

if TYPE_CHECKING:
    from sona.training.log import EventLog
    from sona.training.trainer import Trained

_READING = "reading events"


@click.command()
@click.argument("events")
@click.option(
    "--catalogue",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="BUNDLE",
    help="Folder of the index bundle whose titles are scored.",
)
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the model.")
@click.option("--seed", default=0, show_default=True, help="Draws whose later likes are held out.")
@click.option(
    "--report",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder for report.md and its pictures.  [default: OUT-report]",
)
@click.option("--skip-bad", is_flag=True, help="Skip bad rows and count them, instead of stopping at the first.")
def train(events: str, catalogue: Path, out: Path, seed: int, report: Path | None, *, skip_bad: bool) -> None:
    """Train a model on EVENTS: JSON Lines or Parquet; a file, a folder, a glob, or s3://… of any of these.

    sona/README.md describes an event. The same events in any order, catalogue and seed give the same model.
    """
    from sona.training.log import EventLog  # noqa: PLC0415 - takes seconds to import, for which `--help` need not wait
    from sona.training.report import write_report  # noqa: PLC0415
    from sona.training.trainer import train as train_on  # noqa: PLC0415

    began = time.monotonic()
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        _refuse_what_is_no_model(out)
        opened = open_catalogue(catalogue)
        with steps(console) as told:
            log = EventLog.read(events, skip_bad=skip_bad, progress=partial(told.advance, _READING))
            histories = log.histories(Titles.of(opened.ids))
            trained = train_on(histories, opened, out, seed=seed, progress=told)
        folder = report or out.with_name(f"{out.name}-report")
        write_report(trained, folder)
    except (CatalogueError, SonaError, OSError) as error:
        raise click.ClickException(str(error)) from error
    seconds = time.monotonic() - began
    for name, said in _summary(trained, log, out, seconds).items():
        click.echo(f"{name:<11}{said}")
    console.print(f"model in {out}, report in {folder / 'report.md'}")


def _refuse_what_is_no_model(out: Path) -> None:
    """It is going to be replaced."""
    if out.exists() and any(out.iterdir()):
        try:
            ModelManifest.read(out)
        except ModelInvalid as error:
            raise ModelInvalid(f"{out} is not empty and holds no model: not overwriting it") from error


def _summary(trained: "Trained", log: "EventLog", out: Path, seconds: float) -> dict[str, str]:
    manifest, figures = trained.model.manifest, trained.model.manifest.figures
    rows = {
        "events": f"{len(log):,}, of them {manifest.events:,} the newest of a person and title of the catalogue",
        "skipped": f"{log.skipped:,}" if log.skipped else "",
        "people": f"{manifest.people:,}",
        "titles met": f"{len(trained.model.arrays.neighbours):,} of {manifest.titles:,}",
        "λ": f"{manifest.regularization:g}, solved by {manifest.solver}",
        "NDCG@10": f"{figures['ndcg@10']:.3f} of held-out likes; popularity {figures['popularity_ndcg@10']:.3f}"
        if figures
        else "not measured: too few people with twenty likes",
        "half": f"{manifest.half:.4g}",
        "model": trained.model.id,
        "size": f"{size_of(out) / 1e6:.1f} MB",
        "seconds": f"{seconds:.1f}",
    }
    return {name: said for name, said in rows.items() if said}
