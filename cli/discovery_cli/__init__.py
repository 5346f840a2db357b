"""The `discovery` command line: words and tables. What an edit, an experiment or a bundle means is in the layer."""

import click

from discovery_cli.catalogue import catalogue
from discovery_cli.dead_letters import dead_letters
from discovery_cli.experiment import experiment
from discovery_cli.weights import weights


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Build catalogues, change weights and run experiments for Discovery, personalized media search on AWS Lambda."""


for _group in (catalogue, weights, experiment, dead_letters):
    main.add_command(_group)
