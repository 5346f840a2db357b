"""`discovery catalogue build`: an index bundle from a catalogue source."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from discovery.catalogue.build.builder import build_bundle
from discovery.catalogue.build.pretrained import load_pretrained
from discovery.catalogue.build.prominence import with_prominence
from discovery.catalogue.build.source import Parser, SourceReader, parse_jsonl, read_lines
from discovery.catalogue.build.wikipedia import WikipediaMovies
from discovery.catalogue.content import Content
from discovery.catalogue.manifest import size_of
from discovery.errors import CatalogueError


@dataclass(frozen=True)
class _Format:
    parser: Callable[[], Parser]
    completed: Callable[[list[Content]], list[Content]] = list
    """What is known of a content only beside the others."""


_FORMATS = {
    "jsonl": _Format(lambda: parse_jsonl),
    "wikipedia-movies": _Format(WikipediaMovies, with_prominence),
}


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the bundle.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(_FORMATS)),
    default="jsonl",
    show_default=True,
    help="Format of SOURCE.",
)
@click.option("--skip-bad", is_flag=True, help="Skip bad lines and count them, instead of stopping at the first.")
def build(source: Path, out: Path, format_: str, skip_bad: bool) -> None:
    """Build an index bundle from SOURCE, a .jsonl or .jsonl.gz file. docs/catalogue.md describes the format."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console) as progress:
            source_format = _FORMATS[format_]
            reader = SourceReader(source_format.parser(), skip_bad=skip_bad)
            lines = list(read_lines(source))
            read = list(progress.track(reader.contents(lines), total=len(lines), description="reading"))
            contents = source_format.completed(read)
            embedding = progress.add_task("embedding", total=len(contents))
            manifest = build_bundle(
                contents, load_pretrained(), out, progress=lambda done: progress.advance(embedding, done)
            )
    except (CatalogueError, OSError) as error:
        raise click.ClickException(f"{source}: {error}") from error
    console.print(f"{out}: {manifest.count} documents, {size_of(out) / 1e6:.1f} MB", highlight=False, soft_wrap=True)
    if reader.skipped:
        console.print(
            f"Skipped {reader.skipped} bad lines. The first error: {reader.first_bad}", style="yellow", markup=False
        )
