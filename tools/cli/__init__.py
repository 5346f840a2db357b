"""The `discovery` command line."""

import click

from tools.cli.catalogue import catalogue


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Build catalogues for Discovery, personalised media search on AWS Lambda."""


main.add_command(catalogue)
