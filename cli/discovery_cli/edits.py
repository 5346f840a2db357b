"""`discovery weights set | remove | rollback | enable | disable`: the commands that write a weight or the switch."""

import click

from discovery.errors import RequestInvalid
from discovery.policy.parser import CACHE_GENERATION, ENABLED, EXPERIMENT, HOLDOUT
from discovery_cli.change import Change, editing

_INSTEAD = {
    ENABLED: "`discovery weights enable` or `disable`",
    EXPERIMENT: "`discovery experiment start` or `stop`",
    HOLDOUT: "`discovery experiment holdout`",
    CACHE_GENERATION: "`DELETE /v1/personalization-cache`",
}


# Otherwise click would take a weight of -0.1 for an option, instead of refusing it as a weight.
@click.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("value")
@editing
def set_(change: Change, *, name: str, value: str) -> None:
    """Set the weight NAME to VALUE, a number from 0 to 1.

    NAME is boost_weight, the default weight, or a variant such as high_boost. A new name is a new variant. The command
    checks the whole policy as it will be, and writes nothing that the service would refuse.

    \b
    discovery weights set high_boost 0.5
    discovery weights set boost_weight 0.3 --yes --watch --url https://api.example.com
    """
    try:
        edit = change.editor.propose_weight(name, value)
    except RequestInvalid as error:
        instead = _INSTEAD.get(name, "`discovery experiment create`")
        raise click.BadParameter(f"{error.detail} Use {instead}.") from error
    change.make(edit)


@click.command()
@click.argument("name")
@editing
def remove(change: Change, *, name: str) -> None:
    """Remove the variant NAME. It is refused while the experiment uses the variant.

    Parameter Store forgets the variant's history.
    """
    change.make(change.editor.propose_removal(name))


@click.command()
@click.argument("name")
@click.option(
    "--to", "to_version", type=click.IntRange(min=1), help="Version to go back to.  [default: the previous one]"
)
@editing
def rollback(change: Change, *, name: str, to_version: int | None) -> None:
    """Set NAME to an earlier value.

    That is the value of the previous version, or of the one that --to names. It is checked, shown and confirmed like
    any other, and written as a new version. NAME is a parameter (boost_weight, enabled, experiment) or a variant;
    `discovery weights history NAME` lists the versions.
    """
    change.make(change.editor.propose_rollback(name, to_version))


@click.command()
@editing
def enable(change: Change) -> None:
    """Switch personalization on, with the current weights."""
    change.make(change.editor.propose_switch(enabled=True))


@click.command()
@editing
def disable(change: Change) -> None:
    """Switch personalization off for everybody, at once. This is the kill switch."""
    change.make(change.editor.propose_switch(enabled=False))
