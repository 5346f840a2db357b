"""`discovery weights set | remove | rollback | enable | disable`: everything that writes a weight or the switch."""

import click

from discovery.policy.editor import ParameterStore, Version
from discovery.policy.parser import BOOST_WEIGHT, CACHE_GENERATION, ENABLED
from discovery.policy.verdict import is_variant, parameter_name
from discovery_cli.change import change
from discovery_cli.connection import Command, answers, with_parameter_store
from discovery_cli.output import Output
from discovery_cli.watch import Watch, watching

said_yes = click.option("--yes", "-y", is_flag=True, help="Do not ask; for scripts.")


def editing(command: Command) -> Command:
    """Give a command `--yes` and what `change` needs: a store, an output, a watch."""
    return said_yes(watching(answers(with_parameter_store(command))))


# A weight of -0.1 is to be refused as a weight, not as an option.
@click.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("value")
@editing
def set_(store: ParameterStore, output: Output, *, name: str, value: str, yes: bool, watch: Watch | None) -> None:
    """Set the weight NAME to VALUE, a number from 0 to 1.

    NAME is boost_weight, the default weight, or a variant: high_boost, or variants/high_boost. A new name is a new
    variant. The whole policy is checked as it would be; what the service would refuse is not written.

    \b
    discovery weights set high_boost 0.5
    discovery weights set boost_weight 0.3 --yes --watch --url https://api.example.com
    """
    full = parameter_name(name)
    if full != BOOST_WEIGHT and not is_variant(full):
        ways = {ENABLED: "discovery weights enable | disable", CACHE_GENERATION: "DELETE /v1/personalization-cache"}
        raise click.BadParameter(f"{name} is no weight: {ways.get(full, 'discovery experiment start | stop')} sets it")
    change(store, output, full, value, yes=yes, watch=watch)


@click.command()
@click.argument("name")
@editing
def remove(store: ParameterStore, output: Output, name: str, yes: bool, watch: Watch | None) -> None:
    """Remove the variant NAME. Refused while the experiment uses it.

    Parameter Store forgets its history with it.
    """
    full = parameter_name(name)
    if not is_variant(full):
        raise click.BadParameter(f"{name} is no variant; only those can be removed")
    if full not in store.read():
        raise click.BadParameter(f"there is no parameter {store.prefix}{full}")
    change(store, output, full, None, yes=yes, watch=watch)


@click.command()
@click.argument("name")
@click.option(
    "--to", "to_version", type=click.IntRange(min=1), help="Version to go back to.  [default: the one before]"
)
@editing
def rollback(
    store: ParameterStore, output: Output, *, name: str, to_version: int | None, yes: bool, watch: Watch | None
) -> None:
    """Set NAME to what it was: the version before the current one, or that of --to.

    Its value is written as a new version, checked, shown and asked for like any other. NAME is a parameter
    (boost_weight, enabled, experiment) or a variant; `discovery weights history NAME` lists the versions.
    """
    full = parameter_name(name)
    if full == CACHE_GENERATION:
        raise click.BadParameter("cache_generation only ever rises: an older one would bring old scores back")
    versions = store.history(full)
    if not versions:
        raise click.BadParameter(f"there is no parameter {store.prefix}{full}")
    value = _earlier(versions, to_version).value
    change(store, output, full, value, yes=yes, watch=watch, chosen_at=versions[0].version)


@click.command()
@editing
def enable(store: ParameterStore, output: Output, yes: bool, watch: Watch | None) -> None:
    """Switch personalization on, with the weights as they are."""
    change(store, output, ENABLED, "true", yes=yes, watch=watch)


@click.command()
@editing
def disable(store: ParameterStore, output: Output, yes: bool, watch: Watch | None) -> None:
    """Switch personalization off for everybody, at once: the kill switch."""
    change(store, output, ENABLED, "false", yes=yes, watch=watch)


def _earlier(versions: list[Version], wanted: int | None) -> Version:
    current, *older = versions
    if wanted is None:
        if not older:
            raise click.BadParameter(f"version {current.version} is the only one; there is nothing to go back to")
        return older[0]
    for version in versions:
        if version.version == wanted:
            return version
    kept = f"{versions[-1].version} to {current.version}"
    raise click.BadParameter(f"Parameter Store has no version {wanted} of it, but {kept}", param_hint="--to")
