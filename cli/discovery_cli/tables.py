"""Tables and sentences for people."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from discovery.errors import PolicyRefused
from discovery.experiments.experiment import Experiment
from discovery.policy.edit import Edit
from discovery.policy.editor import Version
from discovery.policy.policy import Policy
from discovery.policy.verdict import Reading, built_in

Row = Sequence[object]


def table(columns: Sequence[str], rows: Iterable[Row], *, right: Iterable[int] = ()) -> Table:
    """A table of plain texts: no cell is read as markup."""
    made, to_the_right = Table(), frozenset(right)
    for number, name in enumerate(columns):  # folded: a name or a value that is cut short could be another one
        made.add_column(name, justify="right" if number in to_the_right else "left", overflow="fold")
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(str(cell)) for cell in row))
    return made


def moment(seconds: float) -> str:
    """A time, in UTC."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%SZ}"


def parameters(rows: Iterable[Mapping[str, Any]]) -> Table:
    """Every parameter with its fate; rows as `weights list --json` has them."""
    return table(
        ["parameter", "value", "version", "changed", "by", ""],
        [
            (
                row["name"],
                row["value"] if row["source"] == "built-in" else shown(row["value"]),
                row["version"] or "–",
                moment(row["modified_at"]) if row["modified_at"] else "–",
                short_author(row["modified_by"] or "–"),
                _fate(row),
            )
            for row in rows
        ],
        right=[2],
    )


def _fate(row: Mapping[str, Any]) -> Text:
    if row["reason"]:
        return Text(f"refused: {row['reason']}", style="red")
    return Text(row["source"], style="dim") if row["source"] != "parameter store" else Text("accepted", style="green")


def policy_line(reading: Reading) -> str:
    """The policy in a sentence or two."""
    policy = reading.policy
    if policy is None:
        return f"Policy refused; searches keep the last good one. {PolicyRefused(reading.refusals)}"
    switch = "on" if policy.enabled else "OFF"
    epoch = f", epoch {policy.epoch}" if policy.epoch else ""
    return f"Policy {policy.version}{epoch}; personalization is {switch}."


def nothing_under(prefix: str) -> str:
    """Said where there is no parameter: more often a slip than a new stage."""
    return f"Parameter Store holds nothing under {prefix}: are stage, region and account the right ones?"


def experiment_sentence(policy: Policy, now: float) -> str:
    """What the experiment does, in a sentence."""
    experiment = policy.experiment
    if experiment is None:
        return "No experiment: every signed-in person gets the default weight."
    shares = ", ".join(
        f"{share:.4g} {name} (weight {policy.variants[name]:g})" for name, share in sorted(experiment.variants.items())
    )
    part = f"{experiment.traffic_allocation:.4%}".rstrip("0%").rstrip(".")
    return f"Experiment {experiment.name} {state(experiment, now)}: {part} % of signed-in people, of these {shares}."


def state(experiment: Experiment, now: float) -> str:
    """Whether an experiment runs, will or did, in words."""
    if experiment.start is not None and now < experiment.start:
        return f"starts {moment(experiment.start)}"
    if experiment.end is not None and now >= experiment.end:
        return f"ended {moment(experiment.end)}"
    return f"runs until {moment(experiment.end)}" if experiment.end is not None else "runs"


def history(versions: Iterable[Version]) -> Table:
    """A parameter's versions."""
    return table(
        ["version", "value", "set", "by", "labels"],
        [
            (
                one.version,
                shown(one.value),
                moment(one.modified_at),
                short_author(one.modified_by),
                " ".join(one.labels),
            )
            for one in versions
        ],
        right=[0],
    )


def edit(edit: Edit) -> Table:
    """Old and new value of the parameter."""
    if edit.old is not None:
        old = shown(edit.old.value)
    else:
        old = f"{built_in(edit.before.parameters).get(edit.name, '–')} (not in Parameter Store)"
    new = shown(edit.value) if edit.value is not None else "removed"
    return table(["parameter", "now", "", "will be"], [(edit.name, old, "→", new)])


def shown(value: str) -> str:
    """A value as it can be told from others: what is empty or has white space around it is quoted."""
    return value if value and value == value.strip() and value.isprintable() else repr(value)


def short_author(author: str) -> str:
    """The end of an ARN, which names the person or the role."""
    return author.rsplit(":", 1)[-1]
