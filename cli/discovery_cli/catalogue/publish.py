"""`discovery catalogue publish`, `rollback` and `status`: the bundles under an S3 prefix, one of them current."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from discovery.catalogue.build.publisher import Publisher, StoredBundle
from discovery.catalogue.manifest import size_of
from discovery.catalogue.pointer import Pointer
from discovery.errors import CatalogueError
from discovery.location import S3Prefix

_THEN = "Environments that start from now on open it. Running ones and versions with a snapshot keep their bundle."


class _Location(click.ParamType[S3Prefix]):
    """An `s3://bucket/prefix` on the command line."""

    name = "s3://bucket/prefix"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> S3Prefix:
        try:
            return S3Prefix.parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


_at_location = click.argument("location", type=_Location(), metavar="s3://BUCKET/PREFIX")


@click.command()
@click.argument("bundle", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_at_location
@click.option(
    "--keep",
    type=click.IntRange(min=2),
    metavar="N",
    help="Then delete all but the N newest bundles; the current and the previous one stay.  [default: keep all]",
)
def publish(bundle: Path, location: S3Prefix, keep: int | None) -> None:
    """Upload the index bundle in the folder BUNDLE, then make it the current one."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    columns = (TextColumn("uploading"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with _publisher(location) as publisher:
        with Progress(*columns, console=console) as progress:
            size = size_of(bundle)
            task = progress.add_task("", total=size)
            published, uploaded = publisher.upload(bundle, lambda done: progress.advance(task, done))
        console.print(f"bundle {published}: {size / 1e6:.1f} MB, {uploaded} files uploaded")
        _say_current(publisher.switch_to(published), location)
        deleted = [] if keep is None else publisher.delete_all_but(keep)
    for old in deleted:
        click.echo(f"deleted {old}")


@click.command()
@_at_location
def rollback(location: S3Prefix) -> None:
    """Make the previous bundle current again. A second rollback undoes the first."""
    with _publisher(location) as publisher:
        _say_current(publisher.roll_back(), location)


@click.command()
@_at_location
def status(location: S3Prefix) -> None:
    """List the bundles, newest first, and show which one is current."""
    with _publisher(location) as publisher:
        pointer, bundles = publisher.status()
        lacking = {stored.bundle: publisher.missing(stored.bundle) for stored in bundles}
    click.echo(f"{location}: " + (f"switched {pointer.published_at:%F %T} UTC" if pointer else "nothing is published"))
    for stored in bundles:
        click.echo(_line(stored, pointer, lacking[stored.bundle]))


def _line(stored: StoredBundle, pointer: Pointer | None, lacks: str) -> str:
    place = {pointer.previous: "previous", pointer.bundle: "current"}.get(stored.bundle, "") if pointer else ""
    size = sum(stored.sizes.values()) / 1e6
    line = f"{stored.bundle}  {place:<8}  {size:8.1f} MB  {len(stored.sizes):3} files  {stored.stored_at:%F %T} UTC"
    return f"{line}  lacks {lacks}" if lacks else line


def _say_current(pointer: Pointer, location: S3Prefix) -> None:
    previous = f", previous {pointer.previous}" if pointer.previous else ""
    click.echo(f"{location}: current {pointer.bundle}{previous}")
    click.echo(_THEN, err=True)


@contextmanager
def _publisher(location: S3Prefix) -> Iterator[Publisher]:
    """A publisher over the ordinary AWS credential chain; its errors become those of the command."""
    import boto3  # noqa: PLC0415 - takes a quarter of a second, for which `--help` and `build` need not wait
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415

    try:
        client = boto3.client("s3")
        try:
            yield Publisher(client, location)
        finally:
            client.close()
    except (BotoCoreError, CatalogueError) as error:
        raise click.ClickException(str(error)) from error
