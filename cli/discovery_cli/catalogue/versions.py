"""`discovery catalogue publish`, `rollback` and `status`: of bundles in S3, or of versions in OpenSearch."""

import click

from discovery.catalogue.published import BUNDLES
from discovery.location import S3Prefix
from discovery.opensearch.publication import Publication
from discovery.opensearch.versions import Version
from discovery.settings.opensearch import OpenSearchSettings
from discovery_cli.catalogue.engine import connected, with_engine
from discovery_cli.publishing import Location, Publishing

_THEN = "Running environments open it within a minute. Only those deployed with CatalogueBundle keep their bundle."
_THEN_SEARCHED = "Running environments search it within a minute."

_BUNDLES = Publishing(BUNDLES, "index bundle", _THEN)
_at_location = click.argument("location", type=Location(), required=False, metavar="[s3://BUCKET/PREFIX]")

publish, verify = _BUNDLES.publish_command(), _BUNDLES.verify_command()


@click.command()
@_at_location
@with_engine
def rollback(location: S3Prefix | None, opensearch: OpenSearchSettings | None) -> None:
    """Make the previous bundle or version current again. A second rollback undoes the first."""
    if opensearch is None:
        _BUNDLES.roll_back(_required(location))
        return
    _refuse(location)
    with connected(opensearch) as client:
        say_current(Publication(client, opensearch.index).roll_back(), opensearch)


@click.command()
@_at_location
@with_engine
def status(location: S3Prefix | None, opensearch: OpenSearchSettings | None) -> None:
    """List the bundles or versions, newest first, and show which one is current."""
    if opensearch is None:
        _BUNDLES.show(_required(location))
        return
    _refuse(location)
    with connected(opensearch) as client:
        versions = Publication(client, opensearch.index).status()
    is_built = any(version.place == "current" for version in versions)
    click.echo(f"{opensearch.index} at {opensearch.url}{'' if is_built else ': nothing is built'}")
    for version in versions:
        click.echo(_line(version))


def say_current(version: Version, opensearch: OpenSearchSettings) -> None:
    """Print what was switched to."""
    click.echo(f"{opensearch.index}: current {version.index}")
    click.echo(_THEN_SEARCHED, err=True)


def _line(version: Version) -> str:
    counted = f"{version.titles:9} titles  {version.size / 1e6:8.1f} MB"
    return f"{version.index}  {version.place:<8}  {counted}  {version.built_at:%F %T} UTC"


def _required(location: S3Prefix | None) -> S3Prefix:
    if location is None:
        raise click.UsageError("Missing argument 's3://BUCKET/PREFIX'.")
    return location


def _refuse(location: S3Prefix | None) -> None:
    if location is not None:
        raise click.UsageError("s3://BUCKET/PREFIX is of --engine bundle.")
