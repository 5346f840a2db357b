"""`discovery catalogue build`: an index bundle, or a version of a catalogue in OpenSearch, from a catalogue source."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from discovery.artefacts.folder import size_of
from discovery.catalogue.build.builder import build_bundle
from discovery.catalogue.build.origin import origin
from discovery.catalogue.build.pretrained import load_pretrained
from discovery.catalogue.build.prominence import with_prominence
from discovery.catalogue.build.source import Parser, SourceReader, parse_jsonl, read_lines
from discovery.catalogue.build.wikipedia import WikipediaMovies
from discovery.catalogue.changes import Changes
from discovery.catalogue.content import Content
from discovery.errors import CatalogueError
from discovery.location import S3Prefix
from discovery.opensearch.publication import Publication
from discovery.settings.opensearch import OpenSearchSettings
from discovery_cli.catalogue.engine import connected, with_engine
from discovery_cli.catalogue.place import live_bundle
from discovery_cli.catalogue.versions import say_current
from discovery_cli.publishing import Location


@dataclass(frozen=True)
class _Format:
    parser: Callable[[], Parser]
    completed: Callable[[Iterable[Content]], Iterable[Content]] = iter
    """What is known of a content only beside the others."""


_FORMATS = {
    "jsonl": _Format(lambda: parse_jsonl),
    "wikipedia-movies": _Format(WikipediaMovies, lambda contents: with_prominence(list(contents))),
}


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for the bundle.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(_FORMATS)),
    default="jsonl",
    show_default=True,
    help="Format of SOURCE.",
)
@click.option("--skip-bad", is_flag=True, help="Skip bad lines and count them, instead of stopping at the first.")
@click.option(
    "--merge",
    type=Location(),
    help="Change single titles as they are changed in the bundle that is current there, by `put` and `delete`.",
)
@with_engine
@click.option("--force", is_flag=True, help="In OpenSearch, build even if these very titles are current.")
@click.option("--shards", type=click.IntRange(1), default=1, show_default=True, help="In OpenSearch, of each index.")
@click.option(
    "--replicas", type=click.IntRange(0), default=1, show_default=True, help="Of each shard, where there are the nodes."
)
def build(
    *,
    source: Path,
    out: Path | None,
    format_: str,
    skip_bad: bool,
    merge: S3Prefix | None,
    opensearch: OpenSearchSettings | None,
    force: bool,
    shards: int,
    replicas: int,
) -> None:
    """Build an index bundle, or a catalogue in OpenSearch, from SOURCE, a .jsonl or .jsonl.gz file.

    docs/catalogue.md describes the format.
    """
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    reader = SourceReader(_FORMATS[format_].parser(), skip_bad=skip_bad)
    if opensearch is not None:
        if out is not None:
            raise click.UsageError("--out is of --engine bundle.")
        if merge is not None:
            raise click.UsageError("--merge is of --engine bundle.")
        _index(_Reading(source, format_, reader, console), opensearch, force=force, shards=shards, replicas=replicas)
    elif out is None:
        raise click.UsageError("Missing option '--out'.")
    else:
        _bundle(_Reading(source, format_, reader, console), out, _changes(merge))
    if reader.skipped:
        said = f"Skipped {reader.skipped} bad lines. The first error: {reader.first_bad}"
        console.print(said, style="yellow", markup=False)


@dataclass(frozen=True)
class _Steps:
    """The steps of a build, on the terminal."""

    progress: Progress
    tasks: dict[str, TaskID] = field(default_factory=dict)

    def told(self, step: str, done: int) -> None:
        """So many more are done in a step."""
        if step not in self.tasks:
            self.tasks[step] = self.progress.add_task(step, total=None)
        self.progress.advance(self.tasks[step], done)


@dataclass(frozen=True)
class _Reading:
    """A source that is to be read, and where that is told of."""

    source: Path
    format: str
    reader: SourceReader
    console: Console

    @contextmanager
    def contents(self) -> Iterator[tuple[Iterable[Content], _Steps]]:
        """Its contents, which are read as they are gone through, and where to show what becomes of them."""
        columns = (TextColumn("{task.description:<11}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console) as progress:
            parsed = progress.track(self.reader.contents(read_lines(self.source)), description="reading")
            yield _FORMATS[self.format].completed(parsed), _Steps(progress)

    @contextmanager
    def named(self) -> Iterator[None]:
        """Name the source in the command's error."""
        try:
            yield
        except (CatalogueError, OSError) as error:
            raise click.ClickException(f"{self.source}: {error}") from error


def _changes(merge: S3Prefix | None) -> Changes:
    if merge is None:
        return Changes()
    with live_bundle(merge) as bundle:
        return bundle.changes()


def _bundle(reading: _Reading, out: Path, changes: Changes) -> None:
    with reading.contents() as (contents, steps), reading.named():
        made_from = origin(reading.source, reading.format, "skip-bad" if reading.reader.skip_bad else "")
        manifest = build_bundle(
            contents, load_pretrained(), out, changes=changes, source=made_from, progress=steps.told
        )
    reading.console.print(f"{out}: {manifest.count} documents, {size_of(out) / 1e6:.1f} MB")


def _index(reading: _Reading, opensearch: OpenSearchSettings, *, force: bool, shards: int, replicas: int) -> None:
    with connected(opensearch) as client:
        publication = Publication(client, opensearch.index)
        with reading.contents() as (read, steps):
            with reading.named():
                contents = list(read)
            version = publication.build(
                contents, load_pretrained(), again=force, shards=shards, replicas=replicas, progress=steps.told
            )
        if version is None:
            click.echo(f"{opensearch.index}: these titles are current already; nothing is built")
            click.echo("What was put and deleted since stays. To build them anew: --force", err=True)
            return
        reading.console.print(f"{version.index}: {len(contents)} titles")
        say_current(version, opensearch)
        for old in publication.remove_old():
            click.echo(f"deleted {old.index}")
