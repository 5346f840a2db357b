"""`discovery experiment`: start, stop, status, simulate."""

import json
import time
from pathlib import Path
from typing import Any

import click

from discovery.errors import PolicyRefused, Refusal
from discovery.experiments.experiment import Experiment
from discovery.experiments.parser import parse_experiment
from discovery.experiments.simulation import simulate as run_simulation
from discovery.policy.editor import ParameterStore
from discovery.policy.parser import EXPERIMENT
from discovery.policy.policy import Policy
from discovery.policy.verdict import reading
from discovery_cli import tables
from discovery_cli.change import change
from discovery_cli.connection import answers, with_parameter_store
from discovery_cli.edits import editing
from discovery_cli.experiment_tables import shares, simulated
from discovery_cli.output import EXIT_CODES, Output
from discovery_cli.watch import Watch

NONE = "{}"
_DAY = 86_400


@click.group(epilog=EXIT_CODES)
def experiment() -> None:
    """Start, stop and check the experiment; docs/experiments.md says how people are assigned.

    \b
    discovery experiment start --name spring --variants control=0.5,high_boost=0.5 --allocation 0.1
    discovery experiment status
    discovery experiment stop
    """


@experiment.command()
@click.option("--name", help="Of the experiment.")
@click.option("--variants", help="Shares of those who take part, which sum to 1: control=0.5,high_boost=0.5")
@click.option("--allocation", type=float, help="Share of all signed-in people who take part, 0 to 1.  [default: 1]")
@click.option("--salt", help="Draws people anew where it is another one.  [default: the name]")
@click.option("--start", help="RFC 3339, such as 2026-05-01T09:00:00Z.  [default: at once]")
@click.option("--end", help="RFC 3339.  [default: until it is stopped]")
@click.option("--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="All that, as JSON.")
@editing
def start(
    store: ParameterStore, output: Output, file: Path | None, yes: bool, watch: Watch | None, **options: Any
) -> None:
    """Start an experiment, in place of the one that runs, if any.

    \b
    discovery experiment start --name spring --variants control=0.5,high_boost=0.5 --allocation 0.1 \\
        --end 2026-05-15T09:00:00Z
    """
    given = {name: value for name, value in options.items() if value is not None}
    if file is not None and given:
        raise click.UsageError("--file says it all: no other option of the experiment with it")
    value = _text(file) if file is not None else json.dumps(_document(given))
    change(store, output, EXPERIMENT, value, yes=yes, watch=watch)


@experiment.command()
@editing
def stop(store: ParameterStore, output: Output, yes: bool, watch: Watch | None) -> None:
    """End the experiment: every signed-in person gets the default weight again."""
    change(store, output, EXPERIMENT, NONE, yes=yes, watch=watch)


@experiment.command()
@answers
@with_parameter_store
def status(store: ParameterStore, output: Output) -> None:
    """Show what runs, since when, on whom, and for how long yet."""
    now = time.time()
    policy = reading(store.read(), now).accepted()
    running = policy.experiment
    if running is None:
        output.show({"experiment": None, "policy_version": policy.version}, tables.experiment_sentence(policy, now))
        return
    set_at = policy.parameters[EXPERIMENT].modified_at
    lines = [
        tables.experiment_sentence(policy, now),
        f"Set {tables.moment(set_at)}; epoch {policy.epoch}, policy {policy.version}.",
    ]
    if running.end is not None and now < running.end:
        lines.append(f"{(running.end - now) / _DAY:.1f} days left.")
    if not policy.enabled:
        lines.append("! Personalization is switched off: variants are assigned and recorded, and no order is changed.")
    output.show(_status(policy, running, now), *lines, shares(policy, running))


@experiment.command()
@click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Instead of the current one."
)
@click.option("--users", type=click.IntRange(min=1000), default=1_000_000, show_default=True, help="Made-up people.")
@answers
@with_parameter_store
def simulate(store: ParameterStore, output: Output, file: Path | None, users: int) -> None:
    """Assign made-up people with the service's own code, and check the shares.

    Prints each variant's share with its deviation, chi-square and p; how many of those who take part at an allocation
    of 5 % get something else at 50 % (none); and how far the same experiment under another salt depends on this one
    (Cramér's V: 0 not at all, 1 wholly).
    """
    running = _from_file(file) if file is not None else reading(store.read(), time.time()).accepted().experiment
    if running is None:
        raise click.UsageError("there is no experiment to simulate; --file names one")
    result = run_simulation(running, users, output)
    output.show(result.document(), *simulated(result))


def _document(given: dict[str, Any]) -> dict[str, Any]:
    if missing := [f"--{name}" for name in ("name", "variants") if name not in given]:
        raise click.UsageError(f"{' and '.join(missing)} missing (or --file)")
    parts = {"traffic_allocation": given.pop("allocation", 1.0), "variants": _shares(given.pop("variants"))}
    return {"name": given.pop("name"), **parts, **given}


def _shares(text: str) -> dict[str, float]:
    pairs = [part.partition("=") for part in text.split(",")]
    try:
        found = {name.strip(): float(share) for name, _, share in pairs}
    except ValueError:
        raise click.BadParameter("as in control=0.5,high_boost=0.5", param_hint="--variants") from None
    if len(found) < len(pairs):
        raise click.BadParameter("a variant is there twice", param_hint="--variants")
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise click.UsageError(f"{file} is no text in UTF-8") from None


def _from_file(file: Path) -> Experiment | None:
    """An experiment on whatever variants it names: the assignment does not depend on their weights."""
    text = _text(file).strip()
    try:
        named = json.loads(text)["variants"]
    except (ValueError, LookupError, TypeError):
        named = ()
    try:
        return parse_experiment(text, [*named] if isinstance(named, dict) else ())
    except ValueError as error:
        raise PolicyRefused([Refusal(EXPERIMENT, text, str(error))]) from None


def _status(policy: Policy, running: Experiment, now: float) -> dict[str, Any]:
    return {
        "experiment": running.name,
        "runs": running.runs(now) and policy.enabled,
        "enabled": policy.enabled,
        "policy_version": policy.version,
        "epoch": policy.epoch,
        "set_at": policy.parameters[EXPERIMENT].modified_at,
        "start": running.start,
        "end": running.end,
        "days_left": None if running.end is None else max(0.0, (running.end - now) / _DAY),
        "salt": running.salt or running.name,
        "traffic_allocation": running.traffic_allocation,
        "variants": {
            name: {"weight": policy.variants[name], "share": share, "of_all": share * running.traffic_allocation}
            for name, share in sorted(running.variants.items())
        },
    }
