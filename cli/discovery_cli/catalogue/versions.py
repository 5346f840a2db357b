"""`discovery catalogue publish`, `rollback` and `status`: of bundles in S3, or of versions in OpenSearch."""

from pathlib import Path

import click

from discovery.artefacts.pointer import Pointer
from discovery.artefacts.publisher import Publisher
from discovery.catalogue.changes import Changes
from discovery.catalogue.live import left_over
from discovery.catalogue.manifest import Manifest
from discovery.catalogue.published import BUNDLES
from discovery.location import S3Prefix
from discovery.opensearch.publication import Publication
from discovery.opensearch.versions import Version
from discovery.settings.opensearch import OpenSearchSettings
from discovery_cli.catalogue.engine import connected, with_engine
from discovery_cli.catalogue.place import at_location, refuse, required
from discovery_cli.publishing import Publishing

_THEN = "Running environments open it within a minute. Only those deployed with CatalogueBundle keep their bundle."
_THEN_SEARCHED = "Running environments search it within a minute."


class _Bundles(Publishing):
    """Publishing of what single titles may be laid over."""

    def switch(self, publisher: Publisher, artefact: str, folder: Path) -> Pointer:
        """Keep the changes that were made since the bundle was built, where it was built with those before."""
        before = publisher.pointer.seen().pointer
        manifest = Manifest.read(folder)
        pointer = publisher.switch_to(artefact, left_over(manifest))
        if pointer.changes is not None:
            click.echo("Changes of single titles that were made since it was built lie over it.", err=True)
        elif before is not None and before.changes is not None and not manifest.merged:
            said = f"Changes of single titles lay over {before.bundle} and do not lie over it"
            click.echo(f"{said}: --merge builds with them.", err=True)
        return pointer

    def more(self, publisher: Publisher, pointer: Pointer | None) -> list[str]:
        """How many titles were put and deleted since the bundle was built."""
        titles = Changes.parse(publisher.pointer.laid_over(pointer)).titles
        deleted = sum(content is None for content in titles.values())
        return [f"over the current one: {len(titles) - deleted} titles put, {deleted} deleted"] if titles else []


_BUNDLES = _Bundles(BUNDLES, "index bundle", _THEN)

publish, verify = _BUNDLES.publish_command(), _BUNDLES.verify_command()


@click.command()
@at_location
@with_engine
def rollback(location: S3Prefix | None, opensearch: OpenSearchSettings | None) -> None:
    """Make the previous bundle or version current again. A second rollback undoes the first."""
    if opensearch is None:
        _BUNDLES.roll_back(required(location))
        return
    refuse(location)
    with connected(opensearch) as client:
        say_current(Publication(client, opensearch.index).roll_back(), opensearch)


@click.command()
@at_location
@with_engine
def status(location: S3Prefix | None, opensearch: OpenSearchSettings | None) -> None:
    """List the bundles or versions, newest first, and show which one is current."""
    if opensearch is None:
        _BUNDLES.show(required(location))
        return
    refuse(location)
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
