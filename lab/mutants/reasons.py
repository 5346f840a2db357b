"""The written reasons why mutants survive, and whether they fit what survived."""

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from lab.mutants.mutant import Change, Mutant, place_of

Reasons = Mapping[Change, str]


def read_reasons(path: Path) -> Reasons:
    """The reasons in a file, by the change that they explain.

    Raises:
        ValueError: a change is explained twice, or a reason is empty.
    """
    reasons: dict[Change, str] = {}
    for group in tomllib.loads(path.read_text())["survivors"]:
        for was, now in group["mutants"]:
            change = Change(group["in"], was, now)
            if change in reasons or not group["reason"].strip():
                raise ValueError(f"{change}: needs one reason")
            reasons[change] = group["reason"]
    return reasons


def doubtful(mutants: Sequence[Mutant], reasons: Reasons) -> list[str]:
    """The names of killed mutants of functions that have a reason too many: a test may fail for other causes."""
    idle = set(reasons) - {mutant.change for mutant in mutants}
    places = {change.place for change in idle}
    return [mutant.name for mutant in mutants if mutant.change is None and place_of(mutant.name) in places]


def complaints(survivors: Collection[Change], reasons: Reasons, modules: Collection[str]) -> list[str]:
    """What is wrong: survivors without a reason, and reasons, in the modules that were tried, for no survivor."""
    unexplained = [f"survives without a reason: {_as_toml(change)}" for change in survivors if change not in reasons]
    idle = sorted(set(reasons) - set(survivors))
    outdated = [f"has a reason and does not survive: {_as_toml(change)}" for change in _within(idle, modules)]
    return sorted(unexplained) + outdated


def _within(changes: Iterable[Change], modules: Collection[str]) -> list[Change]:
    return [change for change in changes if any(change.place.startswith(f"{module}.") for module in modules)]


def _as_toml(change: Change) -> str:
    """As the file has it, to be copied there."""
    return f"in = {_quoted(change.place)}  [{_quoted(change.was)}, {_quoted(change.now)}]"


def _quoted(text: str) -> str:
    return f"'''{text}'''" if "'" in text else f"'{text}'"
