"""`discovery weights`: what the weights are and were."""

import time
from dataclasses import asdict
from typing import Any

import click

from discovery.errors import PolicyUnavailable
from discovery.policy.editor import PolicyEditor
from discovery.policy.parameter_names import parameter_name
from discovery.policy.policy import Policy
from discovery_cli import tables
from discovery_cli.connection import answers, with_editor
from discovery_cli.edits import disable, enable, remove, rollback, set_
from discovery_cli.experiment_tables import experiment_line
from discovery_cli.output import EXIT_CODES, Output, Refused
from discovery_cli.preview import preview
from discovery_cli.watch import watch


@click.group(epilog=EXIT_CODES)
def weights() -> None:
    """List, preview and change the weights. See docs/weights.md.

    \b
    discovery weights list
    discovery weights set high_boost 0.5
    discovery weights rollback high_boost
    """


@weights.command("list")
@answers
@with_editor
def list_(editor: PolicyEditor, output: Output) -> None:
    """List every parameter, and whether the service accepts it.

    The exit code is 3 if the policy is refused. Searches then keep the last good one.

    \b
    discovery weights list --stage prod
    discovery weights list --json | jq -r .policy.version
    """
    verdict = editor.verdict()
    policy, rows = verdict.policy, verdict.listed(_authors(editor, output))
    document = {
        "prefix": editor.prefix,
        "parameters": [asdict(row) for row in rows],
        "policy": _document(policy) if policy else None,
    }
    lines = [tables.policy_line(verdict)] + ([experiment_line(policy, time.time())] if policy else [])
    output.show(document, tables.parameters(rows), *lines)
    if not verdict.parameters:
        output.say(tables.nothing_under(editor.prefix), style="yellow")
    if policy is None:
        raise click.exceptions.Exit(Refused.exit_code)


@weights.command()
@click.argument("name")
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Number of versions, newest first."
)
@answers
@with_editor
def history(editor: PolicyEditor, output: Output, name: str, limit: int) -> None:
    """List the versions of NAME.

    Each version has a value, a time, an author and labels. Parameter Store keeps the last hundred. NAME is a parameter
    (boost_weight, enabled, experiment) or a variant such as high_boost.
    """
    versions = editor.history(name)[:limit]
    full = parameter_name(name)
    document = {"parameter": full, "versions": [asdict(version) for version in versions]}
    output.show(document, f"{editor.prefix}{full}", tables.history(versions))


def _authors(editor: PolicyEditor, output: Output) -> dict[str, str]:
    try:
        return editor.authors()
    except PolicyUnavailable as error:  # a role may be allowed to read parameters but not to describe them
        output.say(f"Could not read who changed them last: {error}", style="yellow")
        return {}


def _document(policy: Policy) -> dict[str, Any]:
    return {
        "version": policy.version,
        "epoch": policy.epoch,
        "enabled": policy.enabled,
        "boost_weight": policy.boost_weight,
        "variants": dict(policy.variants),
        "experiment": policy.experiment.name if policy.experiment else None,
        "experiments": [experiment.name for experiment in policy.all_experiments],
        "epochs": dict(policy.epochs),
        "holdout": policy.holdout,
        "cache_generation": policy.cache_generation,
    }


for _command in (set_, remove, rollback, enable, disable, watch, preview):
    weights.add_command(_command)
