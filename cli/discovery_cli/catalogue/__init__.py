"""`discovery catalogue`: catalogues are built as bundles and published to S3, or built and changed in OpenSearch."""

import click

from discovery_cli.catalogue.build import build
from discovery_cli.catalogue.live import delete, put
from discovery_cli.catalogue.versions import publish, rollback, status, verify


@click.group()
def catalogue() -> None:
    """Build index bundles and publish them, or build a catalogue in OpenSearch and change it."""


for _command in (build, publish, verify, rollback, status, put, delete):
    catalogue.add_command(_command)
