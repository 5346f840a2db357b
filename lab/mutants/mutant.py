"""Mutants as mutmut left them: where each is, what it changed, and whether a test noticed."""

import contextlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code

from lab.mutants.workspace import RESULTS

_NOTICED = frozenset({"killed", "timeout", "segfault", "suspicious"})
"""What mutmut calls a mutant that made the tests fail, hang or crash; the rest survived."""
_UNTRIED = "not checked"


@dataclass(frozen=True, order=True)
class Change:
    """What a mutant changed; each side is the changed lines, with single spaces."""

    place: str
    """Module and function within `discovery`, such as `policy.parser._hash`."""
    was: str
    now: str


@dataclass(frozen=True)
class Mutant:
    """A mutant that was tried."""

    name: str
    """mutmut's."""
    module: str
    """Within `discovery`, such as `policy.parser`."""
    change: Change | None
    """None where it was killed: nobody needs to know."""


def tried(workspace: Path) -> list[Mutant]:
    """All mutants that were tried in a workspace."""
    with contextlib.chdir(workspace):
        return [mutant for meta in sorted(Path(RESULTS).rglob("*.meta")) for mutant in _of_module(meta)]


def _of_module(meta: Path) -> Iterable[Mutant]:
    source = meta.relative_to(RESULTS).with_suffix("")
    module = ".".join(source.with_suffix("").parts[2:])
    codes: dict[str, int | None] = json.loads(meta.read_text())["exit_code_by_key"]
    for name, code in codes.items():
        status = status_by_exit_code[code]
        if status == _UNTRIED:
            continue
        survived = status not in _NOTICED
        change = change_in(place_of(name), get_diff_for_mutant(name, path=source)) if survived else None
        yield Mutant(name, module, change)


def place_of(name: str) -> str:
    """The place of a mutant by mutmut's name, `discovery.module.xǁClassǁmethod__mutmut_1` or `….x_function__…`."""
    module, _, function = name.partition("__mutmut_")[0].removeprefix("discovery.").rpartition(".")
    qualified = function[2:].replace("ǁ", ".") if function.startswith("xǁ") else function.removeprefix("x_")
    return f"{module}.{qualified}"


def change_in(place: str, diff: str) -> Change:
    """The change that a unified diff shows."""
    lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++"))]
    was, now = (
        " ".join(re.sub(r"\s+", " ", line[1:]).strip() for line in lines if line.startswith(sign)) for sign in "-+"
    )
    return Change(place, was, now)
