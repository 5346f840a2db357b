"""`discovery experiment`: start, stop, status, simulate; the other commands are in modules of their own."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from discovery.errors import PolicyRefused, Refusal
from discovery.experiments.experiment import Experiment
from discovery.experiments.layer_simulation import simulate_layers
from discovery.experiments.parser import parse_experiment
from discovery.experiments.simulation import simulate as run_simulation
from discovery.policy.editor import PolicyEditor
from discovery.policy.experiment_listing import listed_experiments
from discovery.policy.experiment_status import experiment_status
from discovery.policy.parser import EXPERIMENT
from discovery_cli.change import Change, editing
from discovery_cli.connection import answers, with_editor
from discovery_cli.experiment_listing import list_, show
from discovery_cli.experiment_options import FILE, document_of, experiment_options, text_of
from discovery_cli.experiment_tables import experiment_line, shares, simulated, simulation_document
from discovery_cli.layer_tables import layers_document, simulated_layers
from discovery_cli.lifecycle import complete, create, holdout, pause, resume, step
from discovery_cli.output import EXIT_CODES, Output
from discovery_cli.tables import moment


@click.group(epilog=EXIT_CODES)
def experiment() -> None:
    """Create, start, pause and check experiments. See docs/experiments.md for how people are assigned.

    \b
    discovery experiment create spring --variants control=0.5,high_boost=0.5 --allocation 0.1
    discovery experiment start spring
    discovery experiment list
    discovery experiment complete spring
    """


@experiment.command()
@click.argument("started", metavar="[NAME]", required=False)
@click.option("--name", help="Name of an experiment of the parameter `experiment`.")
@experiment_options
@editing
def start(change: Change, *, started: str | None, file: Path | None, **options: Any) -> None:
    """Start the experiment NAME, a draft that `create` made.

    Without NAME, the options say what to start, in the parameter `experiment`. It replaces the one there, if any, and
    can't run beside others on the weight.

    \b
    discovery experiment start spring
    discovery experiment start --name spring --variants control=0.5,high_boost=0.5 --allocation 0.1 \\
        --end 2026-05-15T09:00:00Z
    """
    given = {name: value for name, value in options.items() if value is not None}
    if started is None:
        change.make(change.editor.propose_experiment(document_of(file, given, given)))
    elif given or file is not None:
        raise click.UsageError("Pass either the NAME of a draft, or the options of an experiment, not both.")
    else:
        step(change, started, "start")


@experiment.command()
@editing
def stop(change: Change) -> None:
    """End the experiment of the parameter `experiment`. Every signed-in person then gets the default weight again."""
    change.make(change.editor.propose_experiment())


@experiment.command()
@answers
@with_editor
def status(editor: PolicyEditor, output: Output) -> None:
    """Show who takes part, since when, and for how long yet."""
    now = time.time()
    policy = editor.verdict().accepted()
    line, found = experiment_line(policy, now), experiment_status(policy, now)
    if found is None:
        output.show({"experiment": None, "policy_version": policy.version}, line)
        return
    lines = [line, f"Set at {moment(found.set_at)}. Epoch {found.epoch}, policy {found.policy_version}."]
    if found.days_left:
        lines.append(f"{found.days_left:.1f} days are left.")
    if not found.enabled:
        lines.append("! Personalization is switched off: people are assigned and recorded, but see unchanged results.")
    output.show(asdict(found), *lines, shares(found, policy.boost_weight))


@experiment.command()
@click.option("--file", type=FILE, help="File with an experiment as JSON, instead of the current one.")
@click.option(
    "--users", type=click.IntRange(min=1000), default=1_000_000, show_default=True, help="Number of made-up people."
)
@click.option("--layers", is_flag=True, help="Assign them to all experiments that are not completed, together.")
@answers
@with_editor
def simulate(editor: PolicyEditor, output: Output, *, file: Path | None, users: int, layers: bool) -> None:
    """Assign made-up people and check the shares.

    The service's own code assigns them, the same people each time. The output has each variant's share and its
    deviation from what is meant, with chi-square and p. It has the number of people who take part at an allocation of
    5 % and get another variant at 50 %: none should. And it has Cramér's V with the same experiment under another
    salt: 0 means independent, 1 means that one determines the other.

    With --layers the output has the size of each experiment, drafts included, and for each two of them the number of
    people in both: none in one layer. Across layers it has Cramér's V of what people get in one and in the other.
    """
    if layers:
        if file is not None:
            raise click.UsageError("Pass either --file or --layers, not both.")
        _simulate_layers(editor, output, users)
        return
    found = _from_file(file) if file is not None else editor.verdict().accepted().experiment
    if found is None:
        raise click.UsageError("There is no experiment to simulate. Pass one with --file.")
    with output.progress("assigning", users) as advance:
        result = run_simulation(found, users, advance)
    output.show(simulation_document(result), *simulated(result))


def _simulate_layers(editor: PolicyEditor, output: Output, users: int) -> None:
    verdict = editor.verdict()
    listed = listed_experiments(verdict, time.time())
    found = [one.experiment for one in listed if one.experiment and one.experiment.status != "completed"]
    if not found:
        raise click.UsageError("There are no experiments to simulate.")
    with output.progress("assigning", users) as advance:
        result = simulate_layers(found, verdict.policy.holdout if verdict.policy else 0.0, users, advance)
    output.show(layers_document(result), *simulated_layers(result))


def _from_file(file: Path) -> Experiment | None:
    text = text_of(file).strip()
    try:
        return parse_experiment(text)
    except ValueError as error:
        raise PolicyRefused([Refusal(EXPERIMENT, text, str(error))]) from None


for _command in (create, pause, resume, complete, holdout, list_, show):
    experiment.add_command(_command)
