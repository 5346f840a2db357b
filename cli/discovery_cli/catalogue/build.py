"""`discovery catalogue build`: index bundles from catalogue sources."""

from collections.abc import Callable, Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from discovery.catalogue.build.builder import build_bundle
from discovery.catalogue.build.pretrained import load_pretrained
from discovery.catalogue.build.source import parse_jsonl, read_lines, reject_duplicates
from discovery.catalogue.build.wikipedia import WikipediaMovies
from discovery.catalogue.content import Content
from discovery.errors import CatalogueError, SourceInvalid

Parser = Callable[[int, bytes], Content]

_PARSERS: dict[str, Callable[[], Parser]] = {"jsonl": lambda: parse_jsonl, "wikipedia-movies": WikipediaMovies}


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder of the bundle.")
@click.option("--format", "format_", type=click.Choice(list(_PARSERS)), default="jsonl", show_default=True)
@click.option("--skip-bad", is_flag=True, help="Leave out bad lines and count them, instead of stopping at the first.")
def build(source: Path, out: Path, format_: str, skip_bad: bool) -> None:
    """Build an index bundle from SOURCE, a .jsonl or .jsonl.gz file (the format: docs/catalogue.md)."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console) as progress:
            reader = _Reader(_PARSERS[format_](), skip_bad=skip_bad)
            lines = list(read_lines(source))
            contents = list(progress.track(reader.contents(lines), total=len(lines), description="reading"))
            embedding = progress.add_task("embedding", total=len(contents))
            manifest = build_bundle(
                contents, load_pretrained(), out, progress=lambda done: progress.advance(embedding, done)
            )
    except (CatalogueError, OSError) as error:
        raise click.ClickException(f"{source}: {error}") from error
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    console.print(f"{out}: {manifest.count} documents, {size / 1e6:.1f} MB", highlight=False, soft_wrap=True)
    if reader.skipped:
        console.print(
            f"{reader.skipped} bad lines skipped; the first: {reader.first_bad}", style="yellow", markup=False
        )


class _Reader:
    """Parses lines; counts and remembers the bad ones where they are to be skipped."""

    def __init__(self, parse: Parser, *, skip_bad: bool) -> None:
        self._parse = parse
        self._skip_bad = skip_bad
        self.skipped = 0
        self.first_bad: SourceInvalid | None = None

    def contents(self, lines: list[bytes]) -> Iterator[Content]:
        """The contents of all lines that are not blank."""
        for _, content in reject_duplicates(self._parsed(lines)):
            yield content

    def _parsed(self, lines: list[bytes]) -> Iterator[tuple[int, Content]]:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield number, self._parse(number, line)
            except SourceInvalid as error:
                if not self._skip_bad:
                    raise
                self.skipped += 1
                self.first_bad = self.first_bad or error
