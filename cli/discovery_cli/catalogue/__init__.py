"""`discovery catalogue`: building index bundles and publishing them to S3."""

import click

from discovery_cli.catalogue.build import build
from discovery_cli.catalogue.publish import publish, rollback, status


@click.group()
def catalogue() -> None:
    """Build index bundles and publish them."""


for _command in (build, publish, rollback, status):
    catalogue.add_command(_command)
