"""`discovery sona`: training models on event logs and publishing them to S3."""

import click

from discovery_cli.publishing import Publishing
from discovery_cli.sona.train import train
from sona.model.published import MODELS

_THEN = "Running engines open it within a minute, and go on with the one before until then."


@click.group()
def sona() -> None:
    """Train models of SONA, the personalization engine, and publish them."""


for _command in (train, *Publishing(MODELS, "model", _THEN).commands()):
    sona.add_command(_command)
