"""Where published bundles are, on the command line: `s3://BUCKET/PREFIX`, which OpenSearch has none of."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from discovery.catalogue.live import LiveBundle
from discovery.errors import CatalogueError
from discovery.location import S3Prefix
from discovery_cli.publishing import Location, s3

at_location = click.argument("location", type=Location(), required=False, metavar="[s3://BUCKET/PREFIX]")


def required(location: S3Prefix | None) -> S3Prefix:
    """The location of bundles."""
    if location is None:
        raise click.UsageError("Missing argument 's3://BUCKET/PREFIX'.")
    return location


def refuse(location: S3Prefix | None) -> None:
    """Complain where one is given with OpenSearch."""
    if location is not None:
        raise click.UsageError("s3://BUCKET/PREFIX is of --engine bundle.")


@contextmanager
def live_bundle(location: S3Prefix) -> Iterator[LiveBundle]:
    """What is current there; what goes wrong becomes the command's error."""
    with s3(CatalogueError) as client:
        yield LiveBundle(client, location)
