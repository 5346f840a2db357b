"""`publish`, `rollback`, `status`, `verify` of what is kept under an S3 prefix, one of it current: bundles, models."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from discovery.artefacts.folder import artefact_id, size_of
from discovery.artefacts.kind import Kind
from discovery.artefacts.pointer import Pointer
from discovery.artefacts.publisher import Publisher, Stored
from discovery.location import S3Prefix

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Location(click.ParamType[S3Prefix]):
    """An `s3://bucket/prefix` on the command line."""

    name = "s3://bucket/prefix"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> S3Prefix:
        """Parse it; click calls this."""
        try:
            return S3Prefix.parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


_at_location = click.argument("location", type=Location(), metavar="s3://BUCKET/PREFIX")


@dataclass(frozen=True)
class Publishing:
    """The commands for one kind of artefact."""

    kind: Kind[Any]
    what: str
    """In help texts: "index bundle"."""
    then: str
    """Who opens what is current from when on."""

    def commands(self) -> list[click.Command]:
        """`publish`, `rollback`, `status` and `verify`."""
        noun = self.kind.noun

        @click.command(help=f"Make the previous {noun} current again. A second rollback undoes the first.")
        @_at_location
        def rollback(location: S3Prefix) -> None:
            self.roll_back(location)

        @click.command(help=f"List the {noun}s, newest first, and show which one is current.")
        @_at_location
        def status(location: S3Prefix) -> None:
            self.show(location)

        return [self.publish_command(), rollback, status, self.verify_command()]

    def publish_command(self) -> click.Command:
        """`publish` alone."""
        noun = self.kind.noun
        keep_help = f"Then delete all but the N newest {noun}s; the current and the previous one stay."

        @click.command(help=f"Upload the {self.what} in the folder {noun.upper()}, then make it the current one.")
        @click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar=noun.upper())
        @_at_location
        @click.option("--keep", type=click.IntRange(min=2), metavar="N", help=f"{keep_help}  [default: keep all]")
        def publish(folder: Path, location: S3Prefix, keep: int | None) -> None:
            self._publish(folder, location, keep)

        return publish

    def verify_command(self) -> click.Command:
        """`verify` alone."""
        folder_name = self.kind.noun.upper()

        @click.command(help=f"Compare every file of the {self.what} in the folder {folder_name} with its checksum.")
        @click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar=folder_name)
        def verify(folder: Path) -> None:
            self._verify(folder)

        return verify

    def roll_back(self, location: S3Prefix) -> None:
        """Make the previous one current again, and say so."""
        with self._publisher(location) as publisher:
            self._say_current(publisher.roll_back(), location)

    def switch(self, publisher: Publisher, artefact: str, _folder: Path) -> Pointer:
        """Make one current that was uploaded from a folder."""
        return publisher.switch_to(artefact)

    def _verify(self, folder: Path) -> None:
        try:
            self.kind.verified(folder)
        except self.kind.invalid as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{self.kind.noun} {artefact_id(folder)}: every file is as it was written")

    def _publish(self, folder: Path, location: S3Prefix, keep: int | None) -> None:
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        columns = (TextColumn("uploading"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        with self._publisher(location) as publisher:
            with Progress(*columns, console=console) as progress:
                size = size_of(folder)
                task = progress.add_task("", total=size)
                published, uploaded = publisher.upload(folder, lambda done: progress.advance(task, done))
            console.print(f"{self.kind.noun} {published}: {size / 1e6:.1f} MB, {uploaded} files uploaded")
            self._say_current(self.switch(publisher, published, folder), location)
            deleted = [] if keep is None else publisher.delete_all_but(keep)
        for old in deleted:
            click.echo(f"deleted {old}")

    def show(self, location: S3Prefix) -> None:
        """Print all that are there."""
        with self._publisher(location) as publisher:
            pointer, artefacts = publisher.status()
            lacking = {stored.id: publisher.missing(stored.id) for stored in artefacts}
            more = self.more(publisher, pointer)
        switched = f"switched {pointer.published_at:%F %T} UTC" if pointer else "nothing is published"
        click.echo(f"{location}: {switched}")
        for stored in artefacts:
            click.echo(_line(stored, pointer, lacking[stored.id]))
        for line in more:
            click.echo(line)

    def more(self, _publisher: Publisher, _pointer: Pointer | None) -> list[str]:
        """What else is to be told of what is current, in lines."""
        return []

    def _say_current(self, pointer: Pointer, location: S3Prefix) -> None:
        previous = f", previous {pointer.before}" if pointer.before else ""
        click.echo(f"{location}: current {pointer.current}{previous}")
        click.echo(self.then, err=True)

    @contextmanager
    def _publisher(self, location: S3Prefix) -> Iterator[Publisher]:
        with s3(self.kind.failed, self.kind.invalid) as client:
            yield Publisher(client, location, self.kind)


@contextmanager
def s3(*errors: type[Exception]) -> "Iterator[S3Client]":
    """A client of the ordinary AWS credential chain; its errors, and others, become those of the command."""
    import boto3  # noqa: PLC0415 - takes a quarter of a second, for which `--help` and `build` need not wait
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415

    known: tuple[type[Exception], ...] = (BotoCoreError, *errors)
    try:
        with closing(boto3.client("s3")) as client:
            yield client
    except known as error:
        raise click.ClickException(str(error)) from error


def _line(stored: Stored, pointer: Pointer | None, lacks: str) -> str:
    place = {pointer.previous: "previous", pointer.bundle: "current"}.get(stored.id, "") if pointer else ""
    size = sum(stored.sizes.values()) / 1e6
    line = f"{stored.id}  {place:<8}  {size:8.1f} MB  {len(stored.sizes):3} files  {stored.stored_at:%F %T} UTC"
    return f"{line}  lacks {lacks}" if lacks else line
