"""`discovery experiment`: start, stop, status, simulate."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from discovery.errors import PolicyRefused, Refusal
from discovery.experiments.document import experiment_document, parse_unbound_experiment
from discovery.experiments.experiment import Experiment
from discovery.experiments.simulation import simulate as run_simulation
from discovery.policy.editor import PolicyEditor
from discovery.policy.experiment_status import experiment_status
from discovery.policy.parser import EXPERIMENT
from discovery_cli.change import Change, editing
from discovery_cli.connection import answers, with_editor
from discovery_cli.experiment_tables import experiment_line, shares, simulated, simulation_document
from discovery_cli.output import EXIT_CODES, Output
from discovery_cli.tables import moment

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(epilog=EXIT_CODES)
def experiment() -> None:
    """Start, stop and check the experiment. See docs/experiments.md for how people are assigned.

    \b
    discovery experiment start --name spring --variants control=0.5,high_boost=0.5 --allocation 0.1
    discovery experiment status
    discovery experiment stop
    """


@experiment.command()
@click.option("--name", help="Name of the experiment.")
@click.option("--variants", help="Share of each variant among participants; they sum to 1: control=0.5,high_boost=0.5")
@click.option(
    "--allocation",
    "traffic_allocation",
    type=float,
    help="Share of all signed-in people who take part, 0 to 1.  [default: 1]",
)
@click.option("--salt", help="A new salt assigns everybody anew.  [default: the name]")
@click.option("--start", help="Time in RFC 3339, such as 2026-05-01T09:00:00Z.  [default: at once]")
@click.option("--end", help="Time in RFC 3339.  [default: when it is stopped]")
@click.option("--file", type=_FILE, help="File with all of that as JSON, instead of the options above.")
@editing
def start(change: Change, *, file: Path | None, **options: Any) -> None:
    """Start an experiment. It replaces the one that runs, if any.

    \b
    discovery experiment start --name spring --variants control=0.5,high_boost=0.5 --allocation 0.1 \\
        --end 2026-05-15T09:00:00Z
    """
    given = {name: value for name, value in options.items() if value is not None}
    if file is not None and given:
        raise click.UsageError("Pass either --file or the options of the experiment, not both.")
    change.make(change.editor.propose_experiment(_text(file) if file is not None else _document(given)))


@experiment.command()
@editing
def stop(change: Change) -> None:
    """End the experiment. Every signed-in person then gets the default weight again."""
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
@click.option("--file", type=_FILE, help="File with an experiment as JSON, instead of the current one.")
@click.option(
    "--users", type=click.IntRange(min=1000), default=1_000_000, show_default=True, help="Number of made-up people."
)
@answers
@with_editor
def simulate(editor: PolicyEditor, output: Output, file: Path | None, users: int) -> None:
    """Assign made-up people and check the shares.

    The service's own code assigns them, the same people each time. The output has each variant's share and its
    deviation from what is meant, with chi-square and p. It has the number of people who take part at an allocation of
    5 % and get another variant at 50 %: none should. And it has Cramér's V with the same experiment under another
    salt: 0 means independent, 1 means that one determines the other.
    """
    found = _from_file(file) if file is not None else editor.verdict().accepted().experiment
    if found is None:
        raise click.UsageError("There is no experiment to simulate. Pass one with --file.")
    with output.progress("assigning", users) as advance:
        result = run_simulation(found, users, advance)
    output.show(simulation_document(result), *simulated(result))


def _document(given: dict[str, Any]) -> str:
    if missing := [f"--{name}" for name in ("name", "variants") if name not in given]:
        raise click.UsageError(f"Pass {' and '.join(missing)}, or --file.")
    return experiment_document(given.pop("name"), _shares(given.pop("variants")), **given)


def _shares(text: str) -> dict[str, float]:
    pairs = [part.partition("=") for part in text.split(",")]
    try:
        found = {name.strip(): float(share) for name, _, share in pairs}
    except ValueError:
        raise click.BadParameter("Write shares as in control=0.5,high_boost=0.5.", param_hint="--variants") from None
    if len(found) < len(pairs):
        raise click.BadParameter("A variant is named twice.", param_hint="--variants")
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise click.UsageError(f"{file} is not UTF-8 text.") from None


def _from_file(file: Path) -> Experiment | None:
    text = _text(file).strip()
    try:
        return parse_unbound_experiment(text)
    except ValueError as error:
        raise PolicyRefused([Refusal(EXPERIMENT, text, str(error))]) from None
