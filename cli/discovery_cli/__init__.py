"""The `discovery` command line: words and tables. What an edit, an experiment or a bundle means is in the layer."""

import click

from discovery_cli.analysis import analyse, plan
from discovery_cli.catalogue import catalogue
from discovery_cli.dead_letters import dead_letters
from discovery_cli.experiment import experiment
from discovery_cli.lake import lake
from discovery_cli.sona import sona
from discovery_cli.weights import weights


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Build catalogues, train SONA, change weights and run experiments for Discovery, personalized media search."""


for _group in (catalogue, sona, weights, experiment, lake, dead_letters):
    main.add_command(_group)

for _command in (analyse, plan):
    experiment.add_command(_command)
