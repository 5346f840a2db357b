"""`discovery catalogue put` and `delete`: single titles of the catalogue that is current in OpenSearch."""

from pathlib import Path

import click

from discovery.catalogue.build.pretrained import load_pretrained
from discovery.catalogue.build.source import SourceReader, parse_jsonl, read_lines
from discovery.catalogue.content import Content
from discovery.errors import CatalogueError
from discovery.opensearch.live import LiveCatalogue
from discovery.settings.opensearch import OpenSearchSettings
from discovery_cli.catalogue.engine import connected, with_engine

_NEVER_CHANGES = "A bundle never changes: build and publish it anew. Single titles change with --engine opensearch."
_UNTIL = "Searches see it now. It lasts until the next build, which is from its source alone."


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_engine
def put(source: Path, opensearch: OpenSearchSettings | None) -> None:
    """Add or exchange the titles in SOURCE, a .jsonl or .jsonl.gz file, in the current catalogue (OpenSearch only)."""
    if opensearch is None:
        raise click.UsageError(_NEVER_CHANGES)
    contents = _contents(source)
    with connected(opensearch) as client:
        version = LiveCatalogue(client, opensearch.index).put(contents, load_pretrained())
    click.echo(f"{opensearch.index}: put {len(contents)} titles into {version.index}")
    click.echo(_UNTIL, err=True)


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@with_engine
def delete(ids: tuple[str, ...], opensearch: OpenSearchSettings | None) -> None:
    """Delete the titles of these ids from the current catalogue (OpenSearch only)."""
    if opensearch is None:
        raise click.UsageError(_NEVER_CHANGES)
    wanted = list(dict.fromkeys(ids))
    with connected(opensearch) as client:
        version, unknown = LiveCatalogue(client, opensearch.index).delete(wanted)
    click.echo(f"{opensearch.index}: deleted {len(wanted) - len(unknown)} titles from {version.index}")
    if unknown:
        click.echo(f"It did not have: {', '.join(unknown)}", err=True)
    click.echo(_UNTIL, err=True)


def _contents(source: Path) -> list[Content]:
    try:
        contents = list(SourceReader(parse_jsonl).contents(read_lines(source)))
    except (CatalogueError, OSError) as error:
        raise click.ClickException(f"{source}: {error}") from error
    if not contents:
        raise click.ClickException(f"{source}: the source has no usable lines")
    return contents
