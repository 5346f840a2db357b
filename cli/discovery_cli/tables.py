"""Policies and edits as tables and sentences."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from discovery.errors import PolicyRefused
from discovery.policy.edit import Edit
from discovery.policy.verdict import ListedParameter, Verdict, built_in
from discovery.policy.version import Version

NONE = "–"
"""The cell of a value that does not exist."""

Row = Sequence[object]


def table(
    columns: Sequence[str], rows: Iterable[Row], *, right: Iterable[int] = (), whole: Iterable[int] = ()
) -> Table:
    """A table of plain texts; no cell is read as markup. The columns of `whole` stay in one line."""
    made, to_the_right, in_one_line = Table(), frozenset(right), frozenset(whole)
    for number, name in enumerate(columns):  # folded: a name or a value that is cut short could be another one
        justify: JustifyMethod = "right" if number in to_the_right else "left"
        made.add_column(name, justify=justify, overflow="fold", no_wrap=number in in_one_line)
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(str(cell)) for cell in row))
    return made


def moment(seconds: float) -> str:
    """A time, in UTC; `seconds` are Unix seconds."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%SZ}"


def parameters(rows: Iterable[ListedParameter]) -> Table:
    """Every parameter with its status."""
    return table(
        ["parameter", "value", "version", "changed", "by", "status"],
        [
            (
                row.name,
                row.value if row.source == "built-in" else shown(row.value),
                row.version or NONE,
                moment(row.modified_at) if row.modified_at else NONE,
                short_author(row.modified_by or NONE),
                _status(row),
            )
            for row in rows
        ],
        right=[2],
    )


def _status(row: ListedParameter) -> Text:
    if row.reason:
        return Text(f"refused: {row.reason}", style="red")
    return Text(row.source, style="dim") if row.source != "parameter store" else Text("accepted", style="green")


def policy_line(verdict: Verdict) -> str:
    """The policy in a sentence or two."""
    policy = verdict.policy
    if policy is None:
        return f"The policy is refused, so searches keep the last good one. {PolicyRefused(verdict.refusals)}"
    epoch = f", epoch {policy.epoch}" if policy.epoch else ""
    return f"Policy {policy.version}{epoch}. Personalization is {'on' if policy.enabled else 'OFF'}."


def nothing_under(prefix: str) -> str:
    """A warning for where there are no parameters, more often by mistake than because a stage is new."""
    return f"Parameter Store holds no parameters under {prefix}. Check the stage, the region and the account."


def history(versions: Iterable[Version]) -> Table:
    """A parameter's versions."""
    return table(
        ["version", "value", "changed", "by", "labels"],
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
    """The parameter's old and new value."""
    if edit.old is not None:
        old = shown(edit.old.value)
    elif (value := built_in(edit.before.parameters).get(edit.name)) is not None:
        old = f"{value} (built-in)"
    else:
        old = NONE
    return table(
        ["parameter", "old", "new"], [(edit.name, old, "removed" if edit.value is None else shown(edit.value))]
    )


def shown(value: str) -> str:
    """A value that can't be mistaken for another: quoted if it is empty, unprintable or has space around it."""
    return value if value and value == value.strip() and value.isprintable() else repr(value)


def short_author(author: str) -> str:
    """The end of an ARN, which names the person or the role."""
    return author.rsplit(":", 1)[-1]
