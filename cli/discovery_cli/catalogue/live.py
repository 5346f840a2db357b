"""`discovery catalogue put` and `delete`: single titles of the catalogue that is current in S3, or in OpenSearch."""

from collections.abc import Sequence
from pathlib import Path

import click

from discovery.artefacts.pointer import Pointer
from discovery.catalogue.build.pretrained import load_pretrained
from discovery.catalogue.build.source import SourceReader, parse_jsonl, read_lines
from discovery.catalogue.content import Content
from discovery.errors import CatalogueError
from discovery.location import SCHEME, S3Prefix
from discovery.opensearch.live import LiveCatalogue
from discovery.settings.opensearch import OpenSearchSettings
from discovery_cli.catalogue.engine import connected, with_engine
from discovery_cli.catalogue.place import at_location, live_bundle, refuse, required

_UNTIL_BUILT = "Searches see it now. It lasts until the next build, which is from its source alone."
_UNTIL_PUBLISHED = (
    "Running environments see it within a minute. It lasts until the next bundle is published, and longer if that is "
    "built with --merge."
)


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@at_location
@with_engine
def put(source: Path, location: S3Prefix | None, opensearch: OpenSearchSettings | None) -> None:
    """Add or exchange the titles in SOURCE, a .jsonl or .jsonl.gz file, in the current catalogue."""
    if opensearch is None:
        location, contents = required(location), _contents(source)
        with live_bundle(location) as bundle:
            _say(f"{location}: put {len(contents)} titles", bundle.put(contents))
    else:
        refuse(location)
        contents = _contents(source)
        with connected(opensearch) as client:
            version = LiveCatalogue(client, opensearch.index).put(contents, load_pretrained())
        click.echo(f"{opensearch.index}: put {len(contents)} titles into {version.index}")
        click.echo(_UNTIL_BUILT, err=True)


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID... [s3://BUCKET/PREFIX]")
@with_engine
def delete(ids: tuple[str, ...], opensearch: OpenSearchSettings | None) -> None:
    """Delete the titles of these ids from the current catalogue."""
    wanted, location = _parted(ids)
    if opensearch is None:
        location = required(location)
        with live_bundle(location) as bundle:
            pointer, unknown = bundle.delete(wanted)
        _say(f"{location}: deleted {len(wanted) - len(unknown)} titles", pointer)
    else:
        refuse(location)
        with connected(opensearch) as client:
            version, unknown = LiveCatalogue(client, opensearch.index).delete(wanted)
        click.echo(f"{opensearch.index}: deleted {len(wanted) - len(unknown)} titles from {version.index}")
        click.echo(_UNTIL_BUILT, err=True)
    if unknown:
        click.echo(f"It did not have: {', '.join(unknown)}", err=True)


def _parted(arguments: Sequence[str]) -> tuple[list[str], S3Prefix | None]:
    """Ids, each once, and the location where one is the last."""
    *ids, last = arguments
    if not last.startswith(SCHEME):
        return list(dict.fromkeys(arguments)), None
    if not ids:
        raise click.UsageError("Missing argument 'ID...'.")
    try:
        return list(dict.fromkeys(ids)), S3Prefix.parse(last)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _say(done: str, pointer: Pointer) -> None:
    click.echo(f"{done}, current {pointer.current}")
    click.echo(_UNTIL_PUBLISHED, err=True)


def _contents(source: Path) -> list[Content]:
    try:
        contents = list(SourceReader(parse_jsonl).contents(read_lines(source)))
    except (CatalogueError, OSError) as error:
        raise click.ClickException(f"{source}: {error}") from error
    if not contents:
        raise click.ClickException(f"{source}: the source has no usable lines")
    return contents
