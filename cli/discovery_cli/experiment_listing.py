"""`discovery experiment list | show`: every experiment, whether it runs or not."""

import time
from typing import Any

import click
from rich.console import RenderableType

from discovery.errors import RequestInvalid
from discovery.policy.editor import PolicyEditor
from discovery.policy.experiment_listing import ListedExperiment, listed_experiments
from discovery.policy.policy import CONTROL
from discovery_cli.connection import answers, with_editor
from discovery_cli.output import Output
from discovery_cli.tables import NONE, moment, policy_line, table


@click.command("list")
@answers
@with_editor
def list_(editor: PolicyEditor, output: Output) -> None:
    """List all experiments: drafts, running ones, paused and completed ones."""
    verdict = editor.verdict()
    found = listed_experiments(verdict, time.time())
    held_out = verdict.policy.holdout if verdict.policy else 0.0
    rows = [_row(one) for one in found]
    columns = ["experiment", "status", "layer, slot", "people", "variants", "set at"]
    lines: list[RenderableType] = [table(columns, rows, whole=[0])] if found else ["There are no experiments."]
    if held_out:
        lines.append(f"Held out of all of them, in {CONTROL}: {held_out * 100:.6g} % of signed-in people.")
    output.show({"experiments": [_document(one) for one in found], "holdout": held_out}, *lines, policy_line(verdict))


@click.command()
@click.argument("name")
@answers
@with_editor
def show(editor: PolicyEditor, output: Output, name: str) -> None:
    """Show the experiment NAME: its status, who takes part, its variants and its epoch."""
    verdict = editor.verdict()
    try:
        found = editor.experiment(name, verdict)
    except RequestInvalid as error:
        raise click.BadParameter(error.detail, param_hint="NAME") from error
    value = verdict.parameters[found.parameter].value
    output.show(_document(found), *_sentences(found, value))


def _sentences(found: ListedExperiment, value: str) -> list[RenderableType]:
    lines: list[RenderableType] = [
        f"Experiment {found.name}: {found.status}. Parameter {found.parameter}, version {found.version}, "
        f"set at {moment(found.set_at)}."
    ]
    if found.reason:
        lines.append(f"Refused: {found.reason}.")
    experiment = found.experiment
    if experiment is None:
        return [*lines, value]
    if found.epoch:
        lines.append(f"Epoch {found.epoch}.")
    people = f"{experiment.traffic_allocation * 100:.6g} % of signed-in people"
    lines.append(f"Layer {experiment.layer}, slot {_slot(found)}: {people}. Mode {experiment.mode}.")
    for word, time_ in (("Starts", experiment.start), ("Ends", experiment.end)):
        if time_ is not None:
            lines.append(f"{word} at {moment(time_)}.")
    rows = [
        (name, NONE if found.weights[name] is None else f"{found.weights[name]:g}", f"{share:.2%}")
        for name, share in sorted(experiment.variants.items())
    ]
    return [*lines, table(["variant", "weight", "of participants"], rows, right=[1, 2])]


def _row(found: ListedExperiment) -> tuple[object, ...]:
    experiment = found.experiment
    status = f"{found.status}: {found.reason}" if found.reason else found.status
    if experiment is None:
        return found.name, status, NONE, NONE, NONE, moment(found.set_at)
    variants = ", ".join(f"{name} {share:.6g}" for name, share in sorted(experiment.variants.items()))
    people = f"{experiment.traffic_allocation * 100:.6g} %"
    shown = f"{experiment.mode}: {variants}" if experiment.mode != "ab" else variants
    return found.name, status, f"{experiment.layer} {_slot(found)}", people, shown, moment(found.set_at)


def _slot(found: ListedExperiment) -> str:
    experiment = found.experiment
    if experiment is None or experiment.own_layer is None:
        return NONE
    return f"{experiment.slot:.6g} to {experiment.slot + experiment.traffic_allocation:.6g}"


def _document(found: ListedExperiment) -> dict[str, Any]:
    document: dict[str, Any] = {
        name: getattr(found, name)
        for name in ("name", "parameter", "status", "epoch", "set_at", "version", "reason", "weights")
    }
    if (experiment := found.experiment) is not None:
        members = ("layer", "slot", "traffic_allocation", "mode", "salt", "start", "end")
        document |= {name: getattr(experiment, name) for name in members} | {"variants": dict(experiment.variants)}
    return document
