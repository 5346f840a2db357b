"""`discovery weights`: what the weights are and were."""

import time
from typing import Any

import click

from discovery.errors import PolicyUnavailable
from discovery.policy.editor import ParameterStore
from discovery.policy.parser import VARIANTS_FOLDER
from discovery.policy.verdict import NAMES, Reading, built_in, is_variant, parameter_name, reading
from discovery_cli import tables
from discovery_cli.connection import answers, with_parameter_store
from discovery_cli.edits import disable, enable, remove, rollback, set_
from discovery_cli.output import EXIT_CODES, Output, Refused
from discovery_cli.preview import preview
from discovery_cli.watch import watch


@click.group(epilog=EXIT_CODES)
def weights() -> None:
    """See, preview and turn the weights; docs/weights.md is the page on it.

    \b
    discovery weights list
    discovery weights set high_boost 0.5
    discovery weights rollback high_boost
    """


@weights.command("list")
@answers
@with_parameter_store
def list_(store: ParameterStore, output: Output) -> None:
    """Show every parameter of the policy, and whether the service accepts it.

    Ends with exit code 3 where the policy is refused: searches then keep the last good one.

    \b
    discovery weights list --stage prod
    discovery weights list --json | jq -r .policy.version
    """
    now = time.time()
    found = reading(store.read(), now)
    rows = _rows(found, _authors(store, output))
    document = {"prefix": store.prefix, "parameters": rows, "policy": _policy(found)}
    lines = [tables.policy_line(found)]
    if found.policy is not None:
        lines.append(tables.experiment_sentence(found.policy, now))
    output.show(document, tables.parameters(rows), *lines)
    if not found.parameters:
        output.say(tables.nothing_under(store.prefix), style="yellow")
    if found.policy is None:
        raise click.exceptions.Exit(Refused.exit_code)


@weights.command()
@click.argument("name")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many, the newest first.")
@answers
@with_parameter_store
def history(store: ParameterStore, output: Output, name: str, limit: int) -> None:
    """Show the versions of NAME that Parameter Store keeps: value, time, author, labels.

    NAME is a parameter (boost_weight, enabled, experiment, variants/high_boost) or a variant.
    """
    full = parameter_name(name)
    versions = store.history(full)[:limit]
    if not versions:
        raise click.BadParameter(f"there is no parameter {store.prefix}{full}")
    document = {"parameter": full, "versions": [vars(version) for version in versions]}
    output.show(document, f"{store.prefix}{full}", tables.history(versions))


def _authors(store: ParameterStore, output: Output) -> dict[str, str]:
    try:
        return store.authors()
    except PolicyUnavailable as error:  # a role that may read parameters need not be allowed to describe them
        output.say(f"Who set them last is not to be had: {error}", style="yellow")
        return {}


def _rows(found: Reading, authors: dict[str, str]) -> list[dict[str, Any]]:
    missing = built_in(found.parameters)
    names = sorted({*found.parameters, *missing}, key=lambda name: (is_variant(name), name))
    return [
        _row(found, name, missing[name], "built-in", "")
        if name in missing
        else _row(found, name, found.parameters[name].value, _source(name), authors.get(name, ""))
        for name in names
    ]


def _source(name: str) -> str:
    """Unknown names may be of a newer version of the service."""
    return "parameter store" if name in NAMES or name.startswith(VARIANTS_FOLDER) else "ignored"


def _row(found: Reading, name: str, value: str, source: str, author: str) -> dict[str, Any]:
    stored = found.parameters.get(name)
    return {
        "name": name,
        "value": value,
        "version": stored.version if stored else None,
        "modified_at": stored.modified_at if stored else None,
        "modified_by": author or None,
        "source": source,
        "accepted": found.reason(name) is None,
        "reason": found.reason(name),
    }


def _policy(found: Reading) -> dict[str, Any] | None:
    policy = found.policy
    if policy is None:
        return None
    return {
        "version": policy.version,
        "epoch": policy.epoch,
        "enabled": policy.enabled,
        "boost_weight": policy.boost_weight,
        "variants": dict(policy.variants),
        "experiment": policy.experiment.name if policy.experiment else None,
        "cache_generation": policy.cache_generation,
    }


for _command in (set_, remove, rollback, enable, disable, watch, preview):
    weights.add_command(_command)
