"""`discovery experiment create | pause | resume | complete | holdout`: experiments with a parameter each."""

from pathlib import Path
from typing import Any

import click

from discovery.errors import RequestInvalid
from discovery.policy.lifecycle import Step
from discovery_cli.change import Change, editing
from discovery_cli.experiment_options import document_of, experiment_options


@click.command()
@click.argument("name")
@click.option(
    "--layer", default="weight", show_default=True, help="Layer in which it runs; only `weight` decides weights."
)
@click.option("--slot", type=float, help="Where its share of the layer begins, 0 to 1.  [default: 0]")
@click.option(
    "--mode",
    type=click.Choice(["ab", "multileave"]),
    help="ab: a variant for each person. multileave: all variants in each page.  [default: ab]",
)
@experiment_options
@editing
def create(change: Change, *, name: str, file: Path | None, layer: str, **options: Any) -> None:
    """Create the experiment NAME as a draft, or replace it while it is still a draft.

    It has a parameter of its own, experiments/NAME, and assigns nobody until it is started. Running experiments of one
    layer share people out among them, so their slots may not overlap.

    \b
    discovery experiment create spring --variants control=0.5,high_boost=0.5 --allocation 0.2
    discovery experiment create summer --variants control=0.5,low_boost=0.5 --allocation 0.3 --slot 0.2
    discovery experiment create posters --layer posters --variants small=0.5,large=0.5
    """
    given = {member: value for member, value in options.items() if value is not None}
    document = document_of(file, {"name": name, "layer": layer} | given, given)
    change.make(change.editor.propose_draft(name, document))


@click.command()
@click.argument("name")
@editing
def pause(change: Change, *, name: str) -> None:
    """Pause the experiment NAME. Nobody is assigned until it is resumed."""
    step(change, name, "pause")


@click.command()
@click.argument("name")
@editing
def resume(change: Change, *, name: str) -> None:
    """Resume the experiment NAME. It begins a new epoch."""
    step(change, name, "resume")


@click.command()
@click.argument("name")
@editing
def complete(change: Change, *, name: str) -> None:
    """Complete the experiment NAME, for good. Its parameter stays, so its name is not taken again."""
    step(change, name, "complete")


# Otherwise click would take -0.1 for an option, instead of refusing it as a share.
@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("share")
@editing
def holdout(change: Change, *, share: str) -> None:
    """Hold SHARE of all signed-in people, from 0 to 1, out of every experiment. They get the variant control.

    \b
    discovery experiment holdout 0.05
    """
    change.make(change.editor.propose_holdout(share))


def step(change: Change, name: str, to: Step) -> None:
    """Take an experiment a step further."""
    try:
        edit = change.editor.propose_step(name, to)
    except RequestInvalid as error:
        raise click.BadParameter(error.detail, param_hint="NAME") from error
    change.make(edit)
