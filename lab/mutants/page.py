"""What `make mutants` shows: how many mutants of each module were killed, and the survivors with their reasons."""

from collections import defaultdict
from collections.abc import Sequence

from lab.mutants.mutant import Change, Mutant
from lab.mutants.reasons import Reasons
from lab.report.table import Table


def table(mutants: Sequence[Mutant]) -> Table:
    """Mutants killed, by module."""
    modules = sorted({mutant.module for mutant in mutants})
    rows = [_row(f"`{module}`", [mutant for mutant in mutants if mutant.module == module]) for module in modules]
    return Table(("module", "killed", "all", "share"), [*rows, _row("all", mutants)])


def _row(name: str, mutants: Sequence[Mutant]) -> tuple[str, ...]:
    killed = sum(mutant.change is None for mutant in mutants)
    return name, str(killed), str(len(mutants)), f"{killed / len(mutants):.1%}"


def survivors(mutants: Sequence[Mutant], reasons: Reasons) -> str:
    """The survivors in Markdown, by function and reason."""
    groups: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for change in sorted(mutant.change for mutant in mutants if mutant.change is not None):
        groups[change.place, reasons.get(change, "no reason yet")].append(change)
    return "\n".join(
        line
        for (place, reason), changes in groups.items()
        for line in (f"- `{place}`: {reason}", *(f"  - {_code(one.was)} → {_code(one.now)}" for one in changes))
    )


def _code(text: str) -> str:
    return f"`` {text} ``" if text else "nothing"
